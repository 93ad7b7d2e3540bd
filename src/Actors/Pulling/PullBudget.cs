using System.Collections.Immutable;

namespace CacheMachine.Actors.Pulling;

/// <summary>What a machine has in the cluster, and what it would begin now if it might.</summary>
/// <param name="Started">Pulls that it has begun since it first asked.</param>
/// <param name="DaemonSets">Those that it has, those on their way out included.</param>
/// <param name="Pods">Pods that they have or will have.</param>
/// <param name="Next">Pods of each pull that it would begin, the most urgent first.</param>
public sealed record PullWants(long Started, int DaemonSets, int Pods, ImmutableArray<int> Next)
{
    /// <summary>It has nothing and wants nothing.</summary>
    public static PullWants None { get; } = new(0, 0, 0, []);

    /// <summary>The same numbers.</summary>
    public bool Equals(PullWants? other) => other is not null
        && (Started, DaemonSets, Pods) == (other.Started, other.DaemonSets, other.Pods) && Next.SequenceEqual(other.Next);

    /// <summary>By the numbers.</summary>
    public override int GetHashCode() => HashCode.Combine(Started, DaemonSets, Pods, Next.Length);
}

/// <summary>
/// Which machines may begin pulls where there may be only so many DaemonSets and pods at one time. A permit is for one pull and used up by it, so
/// that what becomes free goes round: to the machine that has the fewest pulls, and of these to the one that has waited longest. It waits until
/// there is room for all its pods, and nobody overtakes it meanwhile; so nothing waits for ever.
/// </summary>
/// <param name="MostDaemonSets">DaemonSets at one time.</param>
/// <param name="MostPods">Pods at one time; a pull is not given more.</param>
public sealed record PullBudget(int MostDaemonSets, int MostPods)
{
    private ImmutableSortedDictionary<string, Asker> Askers { get; init; } = ImmutableSortedDictionary.Create<string, Asker>(StringComparer.Ordinal);

    private long Turn { get; init; }

    /// <summary>How many pulls the machine may have begun since it first asked.</summary>
    public long Granted(string machine) => Askers.TryGetValue(machine, out var asker) ? asker.Granted : 0;

    /// <summary>The budget when a machine has and wants this. A permit that it does not need any more comes back.</summary>
    public PullBudget Want(string machine, PullWants wants)
    {
        var before = Askers.GetValueOrDefault(machine);
        var granted = Math.Clamp(before?.Granted ?? 0, wants.Started, wants.Started + wants.Next.Length);
        var since = before is { IsWaiting: true } ? before.Since : Turn;
        return (this with { Turn = Turn + 1, Askers = Askers.SetItem(machine, new Asker(machine, wants, granted, since)) }).Divide();
    }

    /// <summary>The budget when a machine counts from nothing again; it has what it had until it says otherwise.</summary>
    public PullBudget Restart(string machine) => Askers.TryGetValue(machine, out var asker)
        ? this with { Askers = Askers.SetItem(machine, asker with { Wants = asker.Wants with { Started = 0, Next = [] }, Granted = 0 }) }
        : this;

    /// <summary>The budget when a machine is gone.</summary>
    public PullBudget Forget(string machine) => (this with { Askers = Askers.Remove(machine) }).Divide();

    /// <summary>The budget with other limits. What is there already stays.</summary>
    public PullBudget Resize(int daemonSets, int pods) => (this with { MostDaemonSets = daemonSets, MostPods = pods }).Divide();

    private PullBudget Divide()
    {
        var askers = Askers.ToBuilder();
        var turn = Turn;
        var daemonSets = askers.Values.Sum(asker => asker.DaemonSets);
        var pods = askers.Values.Sum(asker => asker.Pods);
        while (daemonSets < MostDaemonSets)
        {
            if (askers.Values.Where(asker => asker.IsWaiting).MinBy(asker => (asker.DaemonSets, asker.Since)) is not { } next)
                break;
            var more = Math.Min(next.NextPods, MostPods);
            if (pods + more > MostPods)
                break;
            askers[next.Machine] = next with { Granted = next.Granted + 1, Since = turn++ };
            (daemonSets, pods) = (daemonSets + 1, pods + more);
        }
        return this with { Askers = askers.ToImmutable(), Turn = turn };
    }

    // Since: the turn in which it began to wait. What is permitted and not begun counts as if it were there.
    private sealed record Asker(string Machine, PullWants Wants, long Granted, long Since)
    {
        private int Permits => (int)(Granted - Wants.Started);

        public bool IsWaiting => Permits < Wants.Next.Length;

        public int NextPods => Wants.Next[Permits];

        public int DaemonSets => Wants.DaemonSets + Permits;

        public int Pods => Wants.Pods + Wants.Next.Take(Permits).Sum();
    }
}
