namespace CacheMachine.Runtime.Actor;

/// <summary>
/// The timers of one actor instance. What the clock sends is a <see cref="TimerMessage"/> with the timer's generation; it is
/// unwrapped when it is taken from the mailbox, and dropped if its timer is no longer the one that was started last. Stands for
/// <c>Akka.Actor.Scheduler.TimerScheduler</c>.
/// </summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Running> _running = [];
    private long _generation;

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) => Start(key, msg, initialDelay, interval);

    public bool IsTimerActive(object key) => _running.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_running.Remove(key, out var running)) running.Clock.Cancel();
    }

    internal void CancelAll()
    {
        foreach (var running in _running.Values) running.Clock.Cancel();
        _running.Clear();
    }

    /// <returns>The message that the timer was started with; null if it must not be handled any more.</returns>
    internal object? Unwrap(TimerMessage timer)
    {
        if (!ReferenceEquals(timer.Owner, this) || !_running.TryGetValue(timer.Key, out var running) || running.Generation != timer.Generation)
            return null;
        if (!running.Repeats) _running.Remove(timer.Key);
        return timer.Message;
    }

    private void Start(object key, object msg, TimeSpan delay, TimeSpan? interval)
    {
        ArgumentNullException.ThrowIfNull(msg);
        Cancel(key);
        var message = new TimerMessage(this, key, ++_generation, msg);

        var clock = cell.System.SchedulerInternal.ScheduleTell(delay, interval, cell.Self, message, ActorRefs.NoSender);
        _running[key] = new Running(message.Generation, interval is not null, clock);
    }

    private readonly record struct Running(long Generation, bool Repeats, ICancelable Clock);
}

/// <summary>What a timer sends. Stands for <c>Akka.Actor.Scheduler.TimerScheduler.TimerMsg</c>.</summary>
internal sealed class TimerMessage(TimerScheduler owner, object key, long generation, object message)
{
    internal TimerScheduler Owner { get; } = owner;

    internal object Key { get; } = key;

    internal long Generation { get; } = generation;

    internal object Message { get; } = message;
}
