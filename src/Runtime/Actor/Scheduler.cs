using System.Collections.Concurrent;

namespace CacheMachine.Runtime.Actor;

/// <summary>The scheduler of one system, on its <see cref="TimeProvider"/>. Disposing it calls everything off.</summary>
internal sealed class Scheduler(TimeProvider time) : IScheduler, IDisposable
{
    private readonly ConcurrentDictionary<ScheduledTell, byte> _pending = new();
    private volatile bool _disposed;

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTell(delay, null, receiver, message, sender);

    public ICancelable ScheduleTellOnceCancelable(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTell(delay, null, receiver, message, sender);

    /// <param name="delay">Until the first message.</param>
    /// <param name="interval">Between messages; null for one message only.</param>
    /// <param name="receiver">Who gets them.</param>
    /// <param name="message">The same object each time.</param>
    /// <param name="sender">Who gets the replies.</param>
    internal ICancelable ScheduleTell(TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef? sender)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } period) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero, nameof(interval));
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(_disposed, this);

        var tell = new ScheduledTell(this, receiver, message, sender, once: interval is null);
        _pending.TryAdd(tell, 0);
        tell.Start(time, delay, interval ?? Timeout.InfiniteTimeSpan);
        if (_disposed) tell.Cancel(); // it was disposed meanwhile and may have missed this one
        return tell;
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var tell in _pending.Keys) tell.Cancel();
    }

    private sealed class ScheduledTell(Scheduler scheduler, ICanTell receiver, object message, IActorRef? sender, bool once) : ICancelable
    {
        private ITimer? _timer;
        private volatile bool _cancelled;

        internal void Start(TimeProvider time, TimeSpan delay, TimeSpan period)
        {
            _timer = time.CreateTimer(static state => ((ScheduledTell)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay, period);
        }

        public void Cancel()
        {
            _cancelled = true;
            scheduler._pending.TryRemove(this, out _);
            _timer?.Dispose();
        }

        private void Fire()
        {
            if (_cancelled) return;
            if (once) Cancel();
            receiver.Tell(message, sender);
        }
    }
}
