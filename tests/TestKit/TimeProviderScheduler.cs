using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;

namespace CacheMachine.TestKit;

/// <summary>
/// Akka.NET's timers on a <see cref="TimeProvider"/> other than the system's. Akka.NET makes its scheduler from nothing but its configuration, so the
/// clock is left here under a name, and the configuration says the name.
/// </summary>
public sealed class TimeProviderScheduler : SchedulerBase, IDisposable
{
    private static readonly ConcurrentDictionary<string, TimeProvider> Clocks = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<ITimer, byte> _timers = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private volatile bool _disposed;

    /// <summary>Called by Akka.NET.</summary>
    /// <param name="config">With the name of the clock.</param>
    /// <param name="log">For what a scheduled action throws.</param>
    public TimeProviderScheduler(Config config, ILoggingAdapter log) : base(config, log)
    {
        _time = Clocks[config.GetString(ClockKey)];
        _started = _time.GetTimestamp();
    }

    private const string ClockKey = "cachemachine.clock";

    /// <summary>The configuration of an actor system whose timers are of this clock.</summary>
    public static Config On(TimeProvider time)
    {
        var name = Guid.NewGuid().ToString("N");
        Clocks[name] = time;
        return ConfigurationFactory.ParseString(
            $"akka.scheduler.implementation = \"{typeof(TimeProviderScheduler).AssemblyQualifiedName}\"\n{ClockKey} = {name}");
    }

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => _time.GetElapsedTime(_started);

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <summary>No timer fires any more.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var timer in _timers.Keys)
            timer.Dispose();
        _timers.Clear();
    }

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan period, Action action, ICancelable? cancelable)
    {
        if (_disposed)
            throw new SchedulerException("the actor system has ended: nothing can be scheduled");
        if (cancelable is { IsCancellationRequested: true })
            return;
        ITimer? timer = null;
        // Not started before everything that ends it is in place.
        timer = _time.CreateTimer(_ => Fire(timer!, period == Timeout.InfiniteTimeSpan, action, cancelable), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers[timer] = 0;
        cancelable?.Token.UnsafeRegister(_ => End(timer), null);
        timer.Change(delay, period);
        if (_disposed)
            End(timer);
    }

    private void Fire(ITimer timer, bool last, Action action, ICancelable? cancelable)
    {
        if (last)
            End(timer);
        if (_disposed || cancelable is { IsCancellationRequested: true })
            return;
        try
        {
            action();
        }
        catch (Exception e)
        {
            Log.Error(e, "A scheduled action failed");
            End(timer);
        }
    }

    private void End(ITimer timer)
    {
        _timers.TryRemove(timer, out _);
        timer.Dispose();
    }
}
