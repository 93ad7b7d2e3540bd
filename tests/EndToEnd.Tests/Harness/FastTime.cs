namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// A clock that runs several times as fast. Service and simulator share it, so minutes of theirs pass in seconds; sockets, disk and processors
/// do not follow, so what is measured on it is an upper bound.
/// </summary>
/// <param name="speed">Seconds of this clock in a real one.</param>
internal sealed class FastTime(double speed) : TimeProvider
{
    private readonly DateTimeOffset _began = System.GetUtcNow();
    private readonly long _start = System.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _began + TimeSpan.FromTicks(GetTimestamp());

    public override long GetTimestamp() => (System.GetElapsedTime(_start) * speed).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    // Rounded up to whole milliseconds: a timer that fires early is only set again.
    private TimeSpan Real(TimeSpan time) =>
        time <= TimeSpan.Zero ? time : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds / speed));

    private sealed class Timer(ITimer real, FastTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => real.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => real.Dispose();

        public ValueTask DisposeAsync() => real.DisposeAsync();
    }
}
