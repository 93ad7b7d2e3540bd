namespace CacheMachine.Simulator.Control;

/// <summary>All timers of a loop on one timer of the clock; what is due is posted to the loop.</summary>
internal sealed class TimerWheel : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _queue = new();
    private readonly TimeProvider _time;
    private readonly Action<Action> _post;
    private readonly ITimer _timer;
    private long _order;

    public TimerWheel(TimeProvider time, Action<Action> post)
    {
        _time = time;
        _post = post;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Posts <paramref name="work"/> after a delay. There is no cancelling: the work checks whether it is still wanted.</summary>
    public void After(TimeSpan delay, Action work)
    {
        lock (_gate)
        {
            _queue.Enqueue(work, (_time.GetUtcNow() + delay, _order++));
            Arm();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_queue.TryPeek(out var work, out var key) && key.Due <= now)
            {
                _queue.Dequeue();
                _post(work);
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (!_queue.TryPeek(out _, out var next))
            return;
        var delay = next.Due - _time.GetUtcNow();

        // Whole milliseconds upwards: a timer that fires early would only be armed again.
        _timer.Change(
            delay > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)) : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
    }
}
