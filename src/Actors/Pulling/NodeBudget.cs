using System.Collections.Immutable;

namespace CacheMachine.Actors.Pulling;

/// <summary>
/// Which nodes may pull where the whole service lets only so many do so at one time. A node stays until nobody wants it any more; then the
/// one that has been wanted longest follows. Several machines may pull on one node: it counts once.
/// </summary>
/// <param name="Most">How many nodes at one time.</param>
public sealed record NodeBudget(int Most)
{
    /// <summary>The nodes that may pull.</summary>
    public ImmutableHashSet<string> Granted { get; private init; } = [];

    private ImmutableSortedDictionary<string, ImmutableArray<string>> Wants { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    // In the order in which they were first wanted.
    private ImmutableList<string> Queue { get; init; } = [];

    /// <summary>The budget when a machine wants these nodes, in this order, and no others.</summary>
    public NodeBudget Want(string machine, ImmutableArray<string> nodes)
    {
        var wants = nodes.IsEmpty ? Wants.Remove(machine) : Wants.SetItem(machine, nodes);
        var wanted = wants.Values.SelectMany(n => n).ToHashSet(StringComparer.Ordinal);
        var queue = Queue.RemoveAll(node => !wanted.Contains(node));
        queue = queue.AddRange(nodes.Except(queue, StringComparer.Ordinal));
        var granted = Granted.Intersect(wanted);
        granted = granted.Union(queue.Where(node => !granted.Contains(node)).Take(Most - granted.Count));
        return this with { Wants = wants, Queue = queue, Granted = granted };
    }
}
