using System.Collections.Immutable;

namespace CacheMachine.Actors.Nodes;

/// <summary>Tell me what the cluster looks like, now and whenever it changes: <see cref="ClusterSeen"/>.</summary>
public sealed record SubscribeToCluster
{
    /// <summary>The only one.</summary>
    public static SubscribeToCluster Instance { get; } = new();
}

/// <summary>What does the cluster look like now? The answer is <see cref="ClusterSeen"/>.</summary>
public sealed record GetCluster
{
    /// <summary>The only one.</summary>
    public static GetCluster Instance { get; } = new();
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

    private readonly IClusterWatch _cluster;
    private readonly TimeProvider _time;
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly Dictionary<ClusterKinds, long> _troubleSince = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private CancellationTokenSource _watch = new();
    private ClusterView _view = ClusterView.Empty;

    /// <param name="cluster">What is watched.</param>
    /// <param name="time">Clock.</param>
    public ClusterWatcherActor(IClusterWatch cluster, TimeProvider time)
    {
        (_cluster, _time) = (cluster, time);
        Receive<Seen>(m => OnChange(m.Change), m => m.Watch == _watch);
        Receive<Seen>(_ => { });
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
        Receive<GetCluster>(_ => Sender.Tell(new ClusterSeen(_view)));
        Receive<Terminated>(m => _subscribers.Remove(m.ActorRef));
        Receive<Watch>(_ => StartWatching());
        Receive<WatchEnded>(m => OnEnded(m.Error), m => m.Watch == _watch);
        Receive<WatchEnded>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => StartWatching();

    /// <summary>The subscribers stay: none of them would know that it had to subscribe again.</summary>
    protected override void PreRestart(Exception reason, object? message)
    {
        foreach (var subscriber in _subscribers)
            Self.Tell(SubscribeToCluster.Instance, subscriber);
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void PostStop() => StopWatching();

    // What an earlier watch still says, also one of an incarnation that failed, is recognised by its source and passed over.
    private void StartWatching()
    {
        StopWatching();
        _watch = new CancellationTokenSource();
        var (self, watch) = (Self, _watch);
        _cluster.WatchAsync(change => self.Tell(new Seen(watch, change)), watch.Token)
            .PipeTo(self, success: () => new WatchEnded(watch, new PortException("the watch ended")), failure: error => new WatchEnded(watch, error));
    }

    private void StopWatching()
    {
        _watch.Cancel();
        _watch.Dispose();
    }

    private void OnEnded(Exception error)
    {
        _log.Error(error, "Watching the cluster ended, starting again in {Delay}", Words.Of(WatchAgainAfter));
        Timers.StartSingleTimer(nameof(Watch), Watch.Instance, WatchAgainAfter);
    }

    private void OnChange(ClusterChange change)
    {
        var before = _view.Troubles;
        _view = _view.With(change);
        Log(before, _view.Troubles);
        if (!Timers.IsTimerActive(nameof(Publish)))
            Timers.StartSingleTimer(nameof(Publish), Publish.Instance, Gather);
    }

    // Once when trouble begins and once when it ends, however often it is tried meanwhile.
    private void Log(ImmutableDictionary<ClusterKinds, string> before, ImmutableDictionary<ClusterKinds, string> now)
    {
        if (ReferenceEquals(before, now))
            return;
        foreach (var (kind, error) in now.Where(trouble => !before.ContainsKey(trouble.Key)))
        {
            _troubleSince[kind] = _time.GetTimestamp();
            _log.Warning("Watching {Kind} failed, trying again until it works: {Error}", kind.InWords(), error);
        }
        foreach (var kind in before.Keys.Where(kind => !now.ContainsKey(kind)))
            _log.Info("Watching {Kind} again after {Duration}", kind.InWords(), Words.Of(_time.GetElapsedTime(_troubleSince[kind])));
    }

    private sealed record Publish
    {
        public static Publish Instance { get; } = new();
    }

    private sealed record Watch
    {
        public static Watch Instance { get; } = new();
    }

    private sealed record Seen(CancellationTokenSource Watch, ClusterChange Change);

    private sealed record WatchEnded(CancellationTokenSource Watch, Exception Error);
}
