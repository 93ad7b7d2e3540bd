using CacheMachine.Runtime.TestKit;
using Xunit;

namespace CacheMachine.Runtime.Tests.TestKit;

public sealed class VirtualTimeProviderTests
{
    private readonly VirtualTimeProvider _time = new();

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void The_clock_and_the_timestamp_move_only_when_advanced()
    {
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        Assert.Equal(now, _time.GetUtcNow());
        _time.Advance(Seconds(90));
        Assert.Equal(Seconds(90), _time.GetUtcNow() - now);
        Assert.Equal(Seconds(90), _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_at_their_time()
    {
        var fired = new List<(string, double)>();
        var start = _time.GetTimestamp();
        ITimer Timer(string name, double due, double? period = null) => _time.CreateTimer(
            _ => fired.Add((name, _time.GetElapsedTime(start).TotalSeconds)), null, Seconds(due),
            period is { } every ? Seconds(every) : Timeout.InfiniteTimeSpan);
        using var late = Timer("late", 3);
        using var periodic = Timer("periodic", 1, 2);
        using var early = Timer("early", 0.5);
        using var sameTime = Timer("same time", 3);
        _time.Advance(Seconds(4));
        Assert.Equal([("early", 0.5), ("periodic", 1), ("late", 3), ("same time", 3), ("periodic", 3)], fired);
    }

    [Fact]
    public void A_timer_can_be_changed_and_disposed()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, Seconds(1), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(Seconds(2), Timeout.InfiniteTimeSpan));
        _time.Advance(Seconds(1));
        Assert.Equal(0, fired);
        _time.Advance(Seconds(1));
        Assert.Equal(1, fired);
        timer.Change(Seconds(1), Seconds(1));
        timer.Dispose();
        _time.Advance(Seconds(10));
        Assert.Equal(1, fired);
        Assert.False(timer.Change(Seconds(1), Seconds(1)));
    }

    [Fact]
    public void A_timer_started_by_a_timer_fires_within_the_same_advance()
    {
        var fired = 0;
        void Again(object? _)
        {
            if (++fired < 5) _time.CreateTimer(Again, null, Seconds(1), Timeout.InfiniteTimeSpan);
        }

        _time.CreateTimer(Again, null, Seconds(1), Timeout.InfiniteTimeSpan);
        _time.Advance(Seconds(5));
        Assert.Equal(5, fired);
    }

    [Fact]
    public async Task Delays_and_cancellation_sources_follow_it()
    {
        var delay = Task.Delay(Seconds(2), _time);
        using var source = new CancellationTokenSource(Seconds(3), _time);
        _time.Advance(Seconds(1));
        Assert.False(delay.IsCompleted);
        _time.Advance(Seconds(1));
        await delay.WaitAsync(Seconds(5));
        Assert.False(source.IsCancellationRequested);
        _time.Advance(Seconds(1));
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public async Task Many_threads_can_start_timers_while_it_is_advanced()
    {
        var fired = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, Seconds(1), Timeout.InfiniteTimeSpan);
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }
        })));
        _time.Advance(Seconds(1));
        Assert.Equal(2000, fired);
    }
}
