using System.Collections.Immutable;

namespace CacheMachine.Actors.Specs;

/// <summary>What an operator asks of a machine: which images on which nodes, and how. Already validated.</summary>
/// <remarks>
/// What is never null is guarded by its init accessor: System.Text.Json's generated code passes null, and not the default, for a field that the JSON
/// of an earlier release lacks.
/// </remarks>
public sealed record MachineSpec
{
    /// <summary>1 to 253 letters, digits, '.', '_' or '-'.</summary>
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
