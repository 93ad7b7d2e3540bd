using Akka.Cluster;
using Akka.Event;

namespace CacheMachine.Host.Clustering.Fencing;

/// <summary>Watches the other replicas: says in the log when one comes and goes, and keeps the fence's heartbeat.</summary>
internal sealed class ReplicaActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(500);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ReplicaFence _fence;
    private bool _ends;

    /// <param name="fence">Gets the heartbeat.</param>
    public ReplicaActor(ReplicaFence fence)
    {
        _fence = fence;
        Receive<Beat>(_ => KeepBeating());
        Receive<ClusterEvent.MemberUp>(m => Say(m.Member, m.Member.UniqueAddress == _cluster.SelfUniqueAddress ? "This replica, {Replica}, has joined" : "Replica {Replica} has joined"));
        Receive<ClusterEvent.MemberLeft>(m => Say(m.Member, "Replica {Replica} is leaving"));
        Receive<ClusterEvent.UnreachableMember>(m => Warn(m.Member, "Replica {Replica} is unreachable"));
        Receive<ClusterEvent.ReachableMember>(m => Say(m.Member, "Replica {Replica} is reachable again"));
        Receive<ClusterEvent.MemberDowned>(m => Warn(m.Member, m.Member.UniqueAddress == _cluster.SelfUniqueAddress
            ? "This replica, {Replica}, is given up: it ends, to be started anew"
            : "Replica {Replica} is given up: its machines are run by others in a moment"));
        Receive<ClusterEvent.MemberRemoved>(m =>
        {
            // Who ends loses sight of all others.
            if (m.PreviousStatus != MemberStatus.Down && !_cluster.IsTerminated && m.Member.UniqueAddress != _cluster.SelfUniqueAddress)
                Say(m.Member, "Replica {Replica} has left");
        });
        Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, BeatInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void KeepBeating()
    {
        var state = _cluster.State;
        var self = state.Members.FirstOrDefault(member => member.UniqueAddress == _cluster.SelfUniqueAddress);
        var stoodStill = _fence.Beat(
            self is not null, self?.Status == MemberStatus.Up,
            [.. state.Members.Where(member => member.Status != MemberStatus.Down && !state.Unreachable.Contains(member)).Select(member => member.Address.HostPort())],
            [.. state.Unreachable.Where(member => member.Status != MemberStatus.Down).Select(NameOf)]);
        if (stoodStill == default || _ends)
            return;
        _ends = true;
        _log.Error("This replica was frozen for {Seconds} s, so others may run its machines; exiting to be restarted", (int)stoodStill.TotalSeconds);
        _cluster.Down(_cluster.SelfAddress);
    }

    private void Say(Member replica, string template) => _log.Info(template, NameOf(replica));

    private void Warn(Member replica, string template) => _log.Warning(template, NameOf(replica));

    private static string NameOf(Member replica) => $"{replica.Address.Host}:{replica.Address.Port}";

    private sealed record Beat
    {
        public static Beat Instance { get; } = new();
    }
}
