using Akka.Cluster;

namespace CacheMachine.Actors.Pulling;

/// <summary>How much of the cluster all pulls together may take.</summary>
/// <param name="DaemonSets">DaemonSets at one time, over all replicas.</param>
/// <param name="Pods">Pods at one time, over all replicas.</param>
/// <param name="Nodes">Nodes that pull at one time, over all machines of a replica; null for any number.</param>
public sealed record PullLimits(int DaemonSets, int Pods, int? Nodes);

/// <summary>
/// Lets the machines of a replica begin pulls within its share of the limits: all replicas have the same one, so that they need not agree,
/// and none has to wait for another that is away. With many replicas the shares are rounded up.
/// </summary>
public sealed class PullBudgetActor : ReceiveActor, IWithTimers
{
    // What an actor had is in the cluster when it has died; its next one says so within seconds, unless another replica has it.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private readonly PullLimits _limits;
    private readonly Dictionary<IActorRef, Told> _machines = [];
    private readonly HashSet<UniqueAddress> _replicas = [];
    private NodeBudget _nodes;
    private PullBudget _pulls;

    /// <param name="limits">Over all replicas.</param>
    public PullBudgetActor(PullLimits limits)
    {
        _limits = limits;
        _nodes = new NodeBudget(limits.Nodes ?? int.MaxValue);
        _pulls = new PullBudget(limits.DaemonSets, limits.Pods);
        Receive<WantNodes>(m =>
        {
            if (Know(m.Machine))
                Sender.Tell(new NodesGranted(_nodes.Granted));
            Change(_nodes.Want(m.Machine, m.Nodes));
        });
        Receive<WantPulls>(m =>
        {
            Know(m.Machine);
            Change(_pulls.Want(m.Machine, m.Wants));
        });
        Receive<Terminated>(m =>
        {
            if (_machines.Remove(m.ActorRef, out var gone))
                Timers.StartSingleTimer(gone.Machine, new Gone(gone.Machine), KeptFor);
        });
        Receive<Gone>(m =>
        {
            // Its next actor may have come before it was known that this one had died.
            if (_machines.Values.Any(told => told.Machine == m.Machine))
                return;
            Change(_nodes.Want(m.Machine, []));
            Change(_pulls.Forget(m.Machine));
        });
        Receive<ClusterEvent.CurrentClusterState>(m => Share(() => _replicas.UnionWith(m.Members.Select(member => member.UniqueAddress))));
        Receive<ClusterEvent.MemberRemoved>(m => Share(() => _replicas.Remove(m.Member.UniqueAddress)));
        Receive<ClusterEvent.IMemberEvent>(m => Share(() => _replicas.Add(m.Member.UniqueAddress)));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Cluster.Get(Context.System).Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));

    /// <inheritdoc/>
    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    private bool Know(string machine)
    {
        if (!_machines.TryAdd(Sender, new Told(machine)))
            return false;
        Context.Watch(Sender);
        Timers.Cancel(machine);
        // Its next actor counts from nothing.
        _pulls = _pulls.Restart(machine);
        return true;
    }

    private void Share(Action change)
    {
        change();
        var replicas = Math.Max(1, _replicas.Count);
        Change(_pulls.Resize((_limits.DaemonSets + replicas - 1) / replicas, (_limits.Pods + replicas - 1) / replicas));
    }

    private void Change(NodeBudget budget)
    {
        var changed = !budget.Granted.SetEquals(_nodes.Granted);
        _nodes = budget;
        if (!changed)
            return;
        foreach (var machine in _machines.Keys)
            machine.Tell(new NodesGranted(budget.Granted));
    }

    private void Change(PullBudget budget)
    {
        _pulls = budget;
        foreach (var (machine, told) in _machines)
        {
            var now = new PullsGranted(budget.Granted(told.Machine), budget.MostPods);
            if (now == told.Granted)
                continue;
            told.Granted = now;
            machine.Tell(now);
        }
    }

    private sealed record Gone(string Machine);

    private sealed class Told(string machine)
    {
        public string Machine => machine;

        public PullsGranted? Granted { get; set; }
    }
}
