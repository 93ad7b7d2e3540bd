using System.Collections.Immutable;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>What a machine remembers, and what it sees right now. The second part is gone with the actor and comes back by itself.</summary>
public sealed record MachineState
{
    /// <summary>A machine of which nothing is known.</summary>
    public static MachineState Empty { get; } = new();

    /// <summary>The journal, applied.</summary>
    public MachineRecord Record { get; init; } = MachineRecord.Empty;

    /// <summary>What the service puts into specs that do not say.</summary>
    public MachineDefaults Defaults { get; init; } = MachineDefaults.None;

    /// <summary>What is asked of the machine, the defaults included; null while there is no machine.</summary>
    public MachineSpec? Spec => Record.Spec is { } spec ? Defaults.Fill(spec) : null;

    /// <summary>The cluster as last seen.</summary>
    public ClusterView View { get; init; } = ClusterView.Empty;

    /// <summary>The time of the last decision: what is due later has not been dealt with.</summary>
    public DateTimeOffset DecidedAt { get; init; }

    /// <summary>DaemonSets that are to go, by name, until they are known to be gone.</summary>
    public ImmutableSortedSet<string> Removing { get; init; } = [];

    /// <summary>Uids of DaemonSets that are known to be gone although the view, which is a moment late, still has them.</summary>
    public ImmutableHashSet<string> Gone { get; init; } = [];

    /// <summary>Repository managers whose last try failed, by place in the spec.</summary>
    public ImmutableSortedDictionary<int, RepoTrouble> RepoTroubles { get; init; } = ImmutableSortedDictionary<int, RepoTrouble>.Empty;

    /// <summary>What the cluster said to a puller's last request, where it refused, by DaemonSet.</summary>
    public ImmutableSortedDictionary<string, string> PullTroubles { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How the pulls have gone on so far, by normalised image.</summary>
    public ImmutableSortedDictionary<string, PullProgress> Progress { get; init; } = ImmutableSortedDictionary<string, PullProgress>.Empty;

    /// <summary>How often a registry was found to serve another digest than it listed: then its list is asked for anew.</summary>
    public int Refreshes { get; init; }

    /// <summary>Registries that asked to be left alone, by host, and until when.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Limited { get; init; } = ImmutableSortedDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The nodes that the service lets pull; null where it sets no limit.</summary>
    public ImmutableHashSet<string>? Granted { get; init; }

    /// <summary>The nodes that pull, or would, the most urgent first; empty where the service sets no limit.</summary>
    public ImmutableArray<string> NodesWanted { get; init; } = [];

    /// <summary>What the service lets begin, where it sets a limit.</summary>
    public PullsGranted PullsGranted { get; init; } = new(0, int.MaxValue);

    /// <summary>What there is, and would be begun; nothing where the service sets no limit.</summary>
    public PullWants PullsWanted { get; init; } = PullWants.None;

    /// <summary>This state, with a registry left alone until then, or longer where that is known already.</summary>
    public MachineState WithLimit(string registry, DateTimeOffset until) =>
        Limited.TryGetValue(registry, out var known) && known >= until ? this : this with { Limited = Limited.SetItem(registry, until) };

    /// <summary>The desired images of all repository managers in the order of priority, each once: the first one counts.</summary>
    public IEnumerable<WantedImage> Wanted => Record.Lists.Values
        .SelectMany(list => list.Desired)
        .Select(WantedImage.Of)
        .OfType<WantedImage>()
        .DistinctBy(wanted => wanted.Key);
}

/// <summary>A repository manager's last try failed.</summary>
/// <param name="Error">Why, in words.</param>
/// <param name="RetryAt">When it asks again.</param>
public sealed record RepoTrouble(string Error, DateTimeOffset RetryAt);

/// <summary>How a pull has gone on.</summary>
/// <param name="Settled">Nodes that are done or given up.</param>
/// <param name="At">When that number last changed.</param>
/// <param name="Seen">Its DaemonSet has been in the view.</param>
/// <param name="Vanished">How often its DaemonSet has gone without our doing, and so was made again.</param>
/// <param name="NodeSince">Since when each node is waited for.</param>
public sealed record PullProgress(
    int Settled, DateTimeOffset At, bool Seen, int Vanished, ImmutableDictionary<string, DateTimeOffset> NodeSince)
{
    /// <summary>The progress after one more look.</summary>
    /// <param name="before">After the last look; null: there was none.</param>
    /// <param name="nodes">How the pull stands.</param>
    /// <param name="pull">The pull.</param>
    /// <param name="isThere">Its DaemonSet is in the view.</param>
    /// <param name="now">The time.</param>
    public static PullProgress After(PullProgress? before, ImmutableArray<NodePull> nodes, PullInFlight pull, bool isThere, DateTimeOffset now)
    {
        var settled = nodes.Count(node => node.State != NodePullState.Pulling);
        // The nodes of the first look are waited for since the pull began, also over a restart of the service; later ones since they came.
        var since = nodes.ToImmutableDictionary(
            node => node.Node,
            node => before is null ? pull.StartedAt : before.NodeSince.GetValueOrDefault(node.Node, now));
        return before is null
            ? new(settled, pull.StartedAt, isThere, 0, since)
            : new(
                settled, settled == before.Settled ? before.At : now, isThere,
                before.Vanished + (before.Seen && !isThere ? 1 : 0), since);
    }
}
