using System.Collections.Immutable;
using System.Text.Json.Serialization;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>What an operator asks of a machine: which images on which nodes, and how. Already validated.</summary>
/// <remarks>
/// What is never null is guarded by its init accessor: System.Text.Json's generated code passes null, and not the default, for a field that the JSON
/// of an earlier release lacks.
/// </remarks>
public sealed record MachineSpec
{
    /// <summary>DNS label (RFC 1123) of at most 52 characters, so that a DaemonSet's name (it and a hash) is a label value.</summary>
    public required string Name { get; init; }

    /// <summary>Labels a node must have, all of them; empty matches every node.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init => field = value ?? ImmutableSortedDictionary<string, string>.Empty; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Repository managers in the order of their images' priority.</summary>
    public ImmutableArray<RepoManSpec> RepoMen { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Alternatives, as in <c>v1.NodeSelector</c>: a node must match one of them, if there are any.</summary>
    public ImmutableArray<NodeSelectorTerm> NodeSelectorTerms { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Taints the pull pods tolerate.</summary>
    public ImmutableArray<Toleration> Tolerations { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How many images are in flight at once; null for the service's default.</summary>
    public int? ParallelImages { get; init; }

    /// <summary>How many nodes pull at once; null for no limit.</summary>
    public int? MaxNodesPulling { get; init; }

    /// <summary>How long a node may take for one image; null for the service's default.</summary>
    public TimeSpan? PullTimeout { get; init; }

    /// <summary>Names of Secrets in our namespace that kubelet pulls with, beside the service's own.</summary>
    public ImmutableArray<string> ImagePullSecrets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><c>priorityClassName</c> of the pull pods; null for the service's default.</summary>
    public string? PriorityClass { get; init; }

    /// <summary>Requests and limits of the pull container; null for tiny requests.</summary>
    public PodResources? PodResources { get; init; }

    /// <summary><c>imagePullPolicy</c>: <c>Always</c> or <c>IfNotPresent</c>; null: Always where a digest is wanted (tags move), else IfNotPresent.</summary>
    public string? PullPolicy { get; init; }

    /// <summary>Nothing new is pulled while true.</summary>
    public bool Paused { get; init; }
}

/// <summary>Requirements on a node's labels, all of which must hold, as in <c>v1.NodeSelectorTerm.matchExpressions</c>.</summary>
/// <param name="MatchExpressions">At least one.</param>
public sealed record NodeSelectorTerm(ImmutableArray<NodeSelectorRequirement> MatchExpressions)
{
    /// <summary>All requirements hold.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => MatchExpressions.All(requirement => requirement.Matches(labels));
}

/// <summary>As <c>v1.NodeSelectorRequirement</c>.</summary>
/// <param name="Key">Label.</param>
/// <param name="Operator"><c>In</c>, <c>NotIn</c>, <c>Exists</c>, <c>DoesNotExist</c>, <c>Gt</c> or <c>Lt</c>.</param>
/// <param name="Values">For In and NotIn at least one; for Gt and Lt one integer; else none.</param>
public sealed record NodeSelectorRequirement(string Key, string Operator, ImmutableArray<string> Values)
{
    /// <summary>The rule of the scheduler: a missing label satisfies NotIn and DoesNotExist only.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var has = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            "In" => has && Values.Contains(value!),
            "NotIn" => !has || !Values.Contains(value!),
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => has && Compare(value!) > 0,
            "Lt" => has && Compare(value!) < 0,
            _ => false,
        };
    }

    // A label that is no integer satisfies neither Gt nor Lt.
    private int Compare(string value) =>
        long.TryParse(value, out var actual) && long.TryParse(Values[0], out var bound) ? actual.CompareTo(bound) : 0;
}

/// <summary>Quantities as in <c>v1.ResourceRequirements</c>, for example <c>cpu: 10m</c>.</summary>
/// <param name="Requests">By resource name.</param>
/// <param name="Limits">By resource name.</param>
public sealed record PodResources(ImmutableSortedDictionary<string, string> Requests, ImmutableSortedDictionary<string, string> Limits);

/// <summary>One repository manager of a machine.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SimpleRepoManSpec), "SimpleRepoMan")]
[JsonDerivedType(typeof(RubinRepoManSpec), "RubinRepoMan")]
public abstract record RepoManSpec;

/// <summary>A fixed list of images.</summary>
/// <param name="Images">In the order of priority.</param>
public sealed record SimpleRepoManSpec(ImmutableArray<DesiredImage> Images) : RepoManSpec;

/// <summary>The newest images of a repository that is tagged by Rubin's rules (SQR-059).</summary>
public sealed record RubinRepoManSpec : RepoManSpec
{
    private const string DefaultRegistry = "registry.hub.docker.com";

    /// <summary>Host of the registry, with a port where it has one.</summary>
    public string RegistryUrl { get; init => field = value ?? DefaultRegistry; } = DefaultRegistry;

    /// <summary>Repository in the registry, for example <c>lsstsqre/sciplat-lab</c>.</summary>
    public required string Repo { get; init; }

    /// <summary>The tag that always comes first; null for none.</summary>
    public string? RecommendedTag { get; init; }

    /// <summary>How many releases, newest first.</summary>
    public required int NumReleases { get; init; }

    /// <summary>How many weekly builds, newest first.</summary>
    public required int NumWeeklies { get; init; }

    /// <summary>How many daily builds, newest first.</summary>
    public required int NumDailies { get; init; }

    /// <summary>Only tags of this SAL XML cycle; null for all.</summary>
    public int? Cycle { get; init; }

    /// <summary>Tags that are other names of images.</summary>
    public ImmutableArray<string> AliasTags { get; init => field = value.IsDefault ? [] : value; } = [];
}
