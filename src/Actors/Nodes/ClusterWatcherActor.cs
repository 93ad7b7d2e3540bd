using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Ports;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Nodes;

/// <summary>Tell me what the cluster looks like, now and whenever it changes: <see cref="ClusterSeen"/>.</summary>
public sealed record SubscribeToCluster
{
    /// <summary>The only one.</summary>
    public static SubscribeToCluster Instance { get; } = new();
}

/// <summary>
/// Watches the cluster, once for all machines of a replica, and gives each an immutable view. Changes that come in a burst are given
/// together, a moment after the first.
/// </summary>
public sealed class ClusterWatcherActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the changes of a burst are gathered.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan WatchAgainAfter = TimeSpan.FromSeconds(5);

    private readonly IClusterApi _cluster;
    private readonly CancellationTokenSource _stopped = new();
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ClusterView _view = ClusterView.Empty;

    /// <param name="cluster">What is watched.</param>
    public ClusterWatcherActor(IClusterApi cluster)
    {
        _cluster = cluster;
        Receive<ClusterChange>(OnChange);
        Receive<Publish>(_ =>
        {
            foreach (var subscriber in _subscribers)
                subscriber.Tell(new ClusterSeen(_view));
        });
        Receive<SubscribeToCluster>(_ =>
        {
            if (_subscribers.Add(Sender))
                Context.Watch(Sender);
            Sender.Tell(new ClusterSeen(_view));
        });
        Receive<Terminated>(m => _subscribers.Remove(m.ActorRef));
        Receive<Watch>(_ => StartWatching());
        Receive<WatchEnded>(m =>
        {
            _log.Error(m.Error, "Watching the cluster ended; it begins again in {0}", Words.Of(WatchAgainAfter));
            Timers.StartSingleTimer(nameof(Watch), Watch.Instance, WatchAgainAfter);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => StartWatching();
    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void StartWatching()
    {
        var self = Self;
        _cluster.WatchAsync(change => self.Tell(change), _stopped.Token)
            .PipeTo(self, failure: error => new WatchEnded(error));
    }

    private void OnChange(ClusterChange change)
    {
        if (change is WatchBroken broken)
            _log.Warning("The watch of {0} broke and is set up again: {1}", broken.Kind, broken.Error);
        _view = _view.With(change);
        if (!Timers.IsTimerActive(nameof(Publish)))
            Timers.StartSingleTimer(nameof(Publish), Publish.Instance, Gather);
    }

    private sealed record Publish
    {
        public static Publish Instance { get; } = new();
    }

    private sealed record Watch
    {
        public static Watch Instance { get; } = new();
    }

    private sealed record WatchEnded(Exception Error);
}
