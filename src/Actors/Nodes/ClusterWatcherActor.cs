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

    // The words of a proxy on the way may be others each time.
    private const int MostReasons = 10;

    private static readonly TimeSpan WatchAgainAfter = TimeSpan.FromSeconds(5);

    private readonly IClusterWatch _cluster;
    private readonly TimeProvider _time;
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly HashSet<string> _saidOfTrouble = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private CancellationTokenSource _watch = new();
    private ClusterView _view = ClusterView.Empty;
    private long _troubleSince;

    /// <param name="cluster">What is watched.</param>
    /// <param name="time">Clock.</param>
    public ClusterWatcherActor(IClusterWatch cluster, TimeProvider time)
    {
        (_cluster, _time) = (cluster, time);
        Receive<Seen>(m => OnChange(m.Change), m => m.Watch == _watch);
        Receive<Seen>(_ => { });
        Receive<Publish>(_ =>
        {
            LogTroubles();
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
        _view = _view.With(change);
        if (!Timers.IsTimerActive(nameof(Publish)))
            Timers.StartSingleTimer(nameof(Publish), Publish.Instance, Gather);
    }

    // Once for all that is watched when trouble begins, when it has a reason that was not said yet, and when all is over, however often it is tried
    // meanwhile.
    private void LogTroubles()
    {
        if (_view.Troubles.IsEmpty)
        {
            if (_saidOfTrouble.Count > 0)
                _log.Info("Watching the cluster again after {Duration}", Words.Of(_time.GetElapsedTime(_troubleSince)));
            _saidOfTrouble.Clear();
            return;
        }
        if (_saidOfTrouble.Count == 0)
            _troubleSince = _time.GetTimestamp();
        foreach (var trouble in _view.Troubles.OrderBy(trouble => trouble.Key).GroupBy(trouble => trouble.Value, trouble => trouble.Key.InWords()))
        {
            if (_saidOfTrouble.Count < MostReasons && _saidOfTrouble.Add(trouble.Key))
                _log.Warning("Watching {Kinds} failed; retrying: {Error}", string.Join(", ", trouble), trouble.Key);
        }
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
