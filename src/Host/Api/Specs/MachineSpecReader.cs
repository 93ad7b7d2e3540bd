using System.Collections.Immutable;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a machine as it is POSTed, and as it is in a file of the machines directory. The fields and bounds are in docs/api.md.</summary>
internal static class MachineSpecReader
{
    private const int MaxLabels = 64, MaxRepoMen = 64, MaxTolerations = 64, MaxSecrets = 16;

    private static readonly ImmutableArray<string> Fields =
    [
        "name", "labels", "repomen", "tolerations", "node_selector_terms", "parallel_images", "max_nodes_pulling", "pull_timeout",
        "image_pull_secrets", "priority_class", "pod_resources", "pull_policy", "paused",
    ];

    private static readonly ImmutableArray<string> PullPolicies = ["Always", "IfNotPresent"];

    /// <summary>Reads what the operator says himself, who may ask for anything. Never throws, whatever the bytes are.</summary>
    public static SpecReading Read(ReadOnlyMemory<byte> body) => Read(body, SpecPolicy.Anything);

    /// <summary>Reads what may ask for no more than <paramref name="policy"/> allows. Never throws, whatever the bytes are.</summary>
    public static SpecReading Read(ReadOnlyMemory<byte> body, SpecPolicy policy)
    {
        var (document, refused) = SpecJson.Parse(body);
        if (document is null)
            return refused!;
        using (document)
        {
            var faults = new SpecFaults();
            var spec = new SpecValue(document.RootElement, "", faults).Object(Fields) is { } fields ? Machine(fields, policy) : null;
            return new SpecReading(faults.None ? spec : null, faults.All, null);
        }
    }

    private static MachineSpec Machine(SpecObject machine, SpecPolicy policy) => new()
    {
        Name = machine.Required("name")?.Text(SpecRules.MachineName) ?? "",
        Labels = machine.Required("labels")?.Map(MaxLabels, SpecRules.LabelKey, SpecRules.LabelValue) ?? ImmutableSortedDictionary<string, string>.Empty,
        RepoMen = machine.Required("repomen") is { } repoMen ? RepoMen(repoMen, policy) : [],
        Tolerations = machine.Optional("tolerations")?.List(0, MaxTolerations, json => TolerationReader.Read(json, policy)) ?? [],
        NodeSelectorTerms = machine.Optional("node_selector_terms")?.List(1, NodeSelectorReader.MaxTerms, NodeSelectorReader.Read) ?? [],
        ParallelImages = machine.Optional("parallel_images")?.Integer(1, 100),
        MaxNodesPulling = machine.Optional("max_nodes_pulling")?.Integer(1, 10_000),
        PullTimeout = machine.Optional("pull_timeout") is { } timeout ? PullTimeoutReader.Read(timeout) : null,
        ImagePullSecrets = machine.Optional("image_pull_secrets")?.List(0, MaxSecrets, json => PullSecretReader.Read(json, policy)) ?? [],
        PriorityClass = machine.Optional("priority_class")?.Text(text => SpecRules.ResourceName(text) ?? policy.PriorityClass(text)),
        PodResources = machine.Optional("pod_resources") is { } resources ? PodResourcesReader.Read(resources, policy) : null,
        PullPolicy = machine.Optional("pull_policy")?.Choice(PullPolicies),
        Paused = machine.Optional("paused")?.Boolean() ?? false,
    };

    private static ImmutableArray<RepoManSpec> RepoMen(SpecValue value, SpecPolicy policy)
    {
        var repoMen = value.List(0, MaxRepoMen, repoMan => RepoManReader.Read(repoMan, policy)).OfType<RepoManSpec>().ToImmutableArray();
        if (policy.Images(repoMen.Sum(repoMan => repoMan.MostImages())) is { } rule)
            value.Refuse(rule);
        return repoMen;
    }
}
