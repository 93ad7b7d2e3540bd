using System.Collections.Immutable;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Pulling;

/// <summary>Everything the DaemonSet that pulls one image is built from.</summary>
/// <param name="Name">Name of the DaemonSet.</param>
/// <param name="Image">The image as the operator or the registry names it.</param>
/// <param name="Policy"><c>imagePullPolicy</c>.</param>
/// <param name="Targets">Where it is pulled.</param>
/// <param name="Machine">Labels, tolerations and the other things of the machine that its pods take over.</param>
public sealed record PullOrder(string Name, string Image, string Policy, PullTargets Targets, MachineSpec Machine);

/// <summary>The nodes a DaemonSet covers.</summary>
/// <param name="Nodes">Their names, sorted; null for every node that the machine's labels match, also those that join later.</param>
public sealed record PullTargets(ImmutableSortedSet<string>? Nodes)
{
    /// <summary>Every node that the machine's labels match.</summary>
    public static PullTargets Everywhere { get; } = new((ImmutableSortedSet<string>?)null);

    /// <summary>These nodes.</summary>
    public static PullTargets On(IEnumerable<string> nodes) => new(nodes.ToImmutableSortedSet(StringComparer.Ordinal));

    /// <summary>The node is covered.</summary>
    public bool Covers(string node) => Nodes is null || Nodes.Contains(node);

    /// <summary>The same nodes.</summary>
    public bool Equals(PullTargets? other) =>
        other is not null && (Nodes is null ? other.Nodes is null : other.Nodes is not null && Nodes.SetEquals(other.Nodes));

    /// <summary>By how many nodes there are; enough to tell most apart.</summary>
    public override int GetHashCode() => Nodes?.Count ?? -1;
}
