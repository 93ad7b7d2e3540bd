using System.Collections.Immutable;

namespace CacheMachine.Actors.Specs;

/// <summary>What the service puts into specs that do not say. The journal keeps specs as they were posted, so a changed default counts at once.</summary>
public sealed record MachineDefaults
{
    /// <summary>The service adds nothing.</summary>
    public static MachineDefaults None { get; } = new();

    /// <summary>For machines without tolerations of their own.</summary>
    public ImmutableArray<Toleration> Tolerations { get; init; } = [];

    /// <summary><c>priorityClassName</c> of the pull pods; null for the cluster's default.</summary>
    public string? PriorityClass { get; init; }

    /// <summary><c>Always</c> or <c>IfNotPresent</c>; null to decide by image.</summary>
    public string? PullPolicy { get; init; }

    /// <summary>The spec as it counts.</summary>
    public MachineSpec Fill(MachineSpec spec) => spec with
    {
        Tolerations = spec.Tolerations.IsEmpty ? Tolerations : spec.Tolerations,
        PriorityClass = spec.PriorityClass ?? PriorityClass,
        PullPolicy = spec.PullPolicy ?? PullPolicy,
    };
}
