using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Settings;

/// <summary>Pulling and retrying.</summary>
/// <param name="ParallelImages">Images of one machine at a time.</param>
/// <param name="MaxNodesPulling">Nodes that pull at one time, over all machines; null for no limit.</param>
/// <param name="MaxDaemonSets">DaemonSets at one time, over all machines and replicas.</param>
/// <param name="MaxPods">Their pods at one time.</param>
/// <param name="Timeout">When a node is given up for an image, for now.</param>
/// <param name="StallAfter">Time without progress after which a pull holds up no other image.</param>
/// <param name="RetryMin">First wait before another try.</param>
/// <param name="RetryMax">Longest wait before another try.</param>
/// <param name="EvidenceGrace">Age at which a kubelet's full report is believed over a pull pod's proof.</param>
/// <param name="EvidenceTtl">How long a pull pod's proof counts without a report of the node.</param>
/// <param name="Sleeper">What pull pods run.</param>
/// <param name="Defaults">For machines that do not say.</param>
public sealed record PullSettings(
    int ParallelImages,
    int? MaxNodesPulling,
    int MaxDaemonSets,
    int MaxPods,
    TimeSpan Timeout,
    TimeSpan StallAfter,
    TimeSpan RetryMin,
    TimeSpan RetryMax,
    TimeSpan EvidenceGrace,
    TimeSpan EvidenceTtl,
    SleeperSource Sleeper,
    MachineDefaults Defaults)
{
    /// <summary>The same in the machines' own terms.</summary>
    public MachineSettings ToMachineSettings() => new()
    {
        ParallelImages = ParallelImages,
        LimitsNodes = MaxNodesPulling is not null,
        LimitsPulls = true,
        PullTimeout = Timeout,
        StallAfter = StallAfter,
        RetryMin = RetryMin,
        RetryMax = RetryMax,
        EvidenceGrace = EvidenceGrace,
        EvidenceLifetime = EvidenceTtl,
        Defaults = Defaults,
    };

    /// <summary>What all pulls together may take.</summary>
    public PullLimits ToLimits() => new(MaxDaemonSets, MaxPods, MaxNodesPulling);

    internal static PullSettings Read(SettingsReader reader)
    {
        var settings = new PullSettings(
            reader.Integer("parallel-images", 1, 100),
            reader.Integer("max-nodes-pulling", 0, 10_000) is > 0 and var most ? most : null,
            reader.Integer("max-daemon-sets", 1, 10_000),
            reader.Integer("max-pods", 1, 1_000_000),
            reader.Duration("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)),
            reader.Duration("stall-after", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            reader.Duration("retry-min", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            reader.Duration("retry-max", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            reader.Duration("evidence-grace", TimeSpan.Zero, TimeSpan.FromHours(1)),
            reader.Duration("evidence-ttl", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            SleeperSource.Parse(reader.Text("sleeper-image", SleeperSource.Rule, text => SleeperSource.Parse(text) is not null)) ?? new SleeperSource.None(),
            new MachineDefaults
            {
                Tolerations = reader.List("tolerations", 64, TaintText.Rule, text => TaintText.TryParse(text, out _))
                    .Select(TaintText.Parse).OfType<Toleration>().ToImmutableArray(),
                PriorityClass = reader.OptionalText("priority-class", SettingsRules.ResourceName + "; or empty", SettingsRules.IsResourceName),
                PullPolicy = reader.Choice<string?>("pull-policy", ("auto", null), ("Always", "Always"), ("IfNotPresent", "IfNotPresent")),
            });
        reader.Require(settings.RetryMin <= settings.RetryMax, "retry-max", "must not be shorter than retry-min");
        return settings;
    }
}
