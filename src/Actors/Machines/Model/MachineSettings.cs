using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>How machines pull where their spec does not say, and how they weigh what they see.</summary>
public sealed record MachineSettings
{
    /// <summary>Images in flight at once.</summary>
    public int ParallelImages { get; init; } = 3;

    /// <summary>The service lets only so many nodes pull at one time, over all machines: a machine waits until its nodes are granted.</summary>
    public bool LimitsNodes { get; init; }

    /// <summary>The service lets only so many pulls be at one time: a machine waits for a permit for each.</summary>
    public bool LimitsPulls { get; init; }

    /// <summary>What else specs that do not say are filled with.</summary>
    public MachineDefaults Defaults { get; init; } = MachineDefaults.None;

    /// <summary>How long a node may take for one image.</summary>
    public TimeSpan PullTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After how long without progress a pull no longer counts as in flight, so that a slow node does not hold up other images.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait after the first failure of an image.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait after any number of failures.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a registry is left alone after a node was told that there were too many requests.</summary>
    public TimeSpan LimitedFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An image that was removed from a node so often within <see cref="EvictionWindow"/> is not pulled there again before that is over.</summary>
    public int EvictionsAtMost { get; init; } = 3;

    /// <summary>See <see cref="EvictionsAtMost"/>.</summary>
    public TimeSpan EvictionWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After how long a kubelet's full report would have an image that is there. Measured: up to a minute.</summary>
    public TimeSpan EvidenceGrace { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>After how long evidence is not believed any more.</summary>
    public TimeSpan EvidenceLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Wait before a failed puller asks the API again, at first and at most.</summary>
    public (TimeSpan Min, TimeSpan Max) PullerBackoff { get; init; } = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));

    /// <summary>After how many events the state is saved, so that recovery is quick.</summary>
    public int SnapshotEvery { get; init; } = 200;

    /// <summary>Events that are kept before a saved state, as the machine's history; older ones are deleted.</summary>
    public int History { get; init; } = JournalCompaction.DefaultHistory;

    /// <summary>The same in bytes.</summary>
    public long HistorySize { get; init; } = JournalCompaction.DefaultHistorySize;
}
