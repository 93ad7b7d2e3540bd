namespace CacheMachine.TestKit;

/// <summary>
/// A clock that stands still until a test advances it. Stands for <c>Akka.TestKit.TestScheduler</c>. Timers fire on the thread that
/// advances, in the order in which they are due; before the first and after each one the actor systems that use this clock come to
/// rest, so that what an actor does about one timer happens before the next one fires. Thread safe. Must not be advanced by an actor.
/// </summary>
public sealed class VirtualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _advancing = new();
    private readonly Lock _lock = new();
    private readonly SortedSet<VirtualTimer> _timers = [];
    private long _elapsedTicks;
    private long _sequence;

    /// <summary>Waits until what a timer has set off is done.</summary>
    internal event Action? ComeToRest;

    /// <summary>Timers that will fire: what is left of them when an actor or a question has ended is a leak.</summary>
    internal int TimerCount
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_start.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _elapsedTicks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Stands for <c>Akka.TestKit.TestScheduler.Advance</c>: lets that much time pass.</summary>
    public void Advance(TimeSpan offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, TimeSpan.Zero);
        lock (_advancing)
        {
            ComeToRest?.Invoke();
            var target = GetTimestamp() + offset.Ticks;
            while (TakeDue(target) is { } timer)
            {
                timer.Fire();
                ComeToRest?.Invoke();
            }
        }
    }

    private VirtualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } timer || timer.Due > target)
            {
                Volatile.Write(ref _elapsedTicks, target);
                return null;
            }

            _timers.Remove(timer);
            Volatile.Write(ref _elapsedTicks, timer.Due);
            if (timer.Period > 0) Add(timer, timer.Due + timer.Period);
            return timer;
        }
    }

    private void Add(VirtualTimer timer, long due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _timers.Add(timer);
    }

    /// <summary>A timer that is due at once fires here, on the caller's thread.</summary>
    private bool Change(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.Disposed) return false;
            _timers.Remove(timer);
            timer.Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
            if (dueTime > TimeSpan.Zero || timer.Period > 0) Add(timer, _elapsedTicks + (dueTime > TimeSpan.Zero ? dueTime.Ticks : timer.Period));
        }

        if (dueTime == TimeSpan.Zero) timer.Fire();
        return true;
    }

    private void Remove(VirtualTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private sealed class VirtualTimer(VirtualTimeProvider time, TimerCallback callback, object? state) : ITimer, IComparable<VirtualTimer>
    {
        internal long Due { get; set; }

        internal long Sequence { get; set; }

        internal long Period { get; set; }

        internal bool Disposed { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => time.Change(this, dueTime, period);

        public void Dispose() => time.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        public int CompareTo(VirtualTimer? other)
        {
            if (other is null) return 1;
            var order = Due.CompareTo(other.Due);
            return order != 0 ? order : Sequence.CompareTo(other.Sequence);
        }

        internal void Fire() => callback(state);
    }
}
