using System.Collections.Concurrent;
using CacheMachine.Host.Kubernetes.Watching;
using CacheMachine.Host.Tests.Kubernetes.Support;
using CacheMachine.TestKit;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Kubernetes.Watching;

/// <summary>How long a follower waits, on a clock that the test moves.</summary>
public sealed class FollowerTimeTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly FollowTimes Times = new();

    private readonly VirtualTimeProvider _time = new();
    private readonly ConcurrentQueue<(bool Watch, TimeSpan At)> _asked = new();
    private readonly List<string> _words = [];

    private IReadOnlyList<string> Told
    {
        get
        {
            lock (_words)
                return [.. _words];
        }
    }

    [Fact]
    public async Task Failures_wait_longer_each_time_up_to_the_most()
    {
        await using var api = await StartAsync(context => context.JsonAsync(403, Answers.StatusJson(403, "Forbidden", "nodes is forbidden")));

        await FollowAsync(api, () => _asked.Count == 7);

        Assert.All(Told, word => Assert.Equal("Interrupted(403 Forbidden: nodes is forbidden)", word));
        // At least half of 0.5, 1, 2, 4 s, and then of 5 s.
        AtLeast([250, 500, 1000, 2000, 2500, 2500], Gaps(_asked));
    }

    [Fact]
    public async Task The_server_is_left_alone_for_as_long_as_it_asks()
    {
        await using var api = await StartAsync(context => context.JsonAsync(503, Answers.StatusJson(503, "ServiceUnavailable", "not now"), ("Retry-After", "20")));

        await FollowAsync(api, () => _asked.Count == 2);

        Assert.Equal("Interrupted(503 ServiceUnavailable: not now; the server asks to wait 20 s)", Told[0]);
        Assert.True(Gaps(_asked).Single() >= TimeSpan.FromSeconds(20), $"{Gaps(_asked).Single()}");
    }

    [Fact]
    public async Task A_server_that_ends_every_watch_at_once_is_trouble_and_waited_for()
    {
        await using var api = await StartAsync(Answers.Watch(), Answers.Nodes("5"));

        await FollowAsync(api, () => Watches().Count == 5);

        Assert.Equal(["Listed()", "Interrupted(Unreachable: the watch ended at once)"], Told.Distinct());
        Assert.Single(_asked, asked => !asked.Watch);
        AtLeast([250, 500, 1000, 2000], Gaps(Watches()));
    }

    [Fact]
    public async Task A_server_that_says_something_and_ends_every_watch_is_not_asked_without_pause()
    {
        await using var api = await StartAsync(Answers.Watch(Answers.Bookmark("6")), Answers.Nodes("5"));

        await FollowAsync(api, () => Watches().Count == 5);

        Assert.All(Gaps(Watches()), gap => Assert.True(gap >= Times.MinBackoff, $"{gap}"));
        Assert.Equal(["Listed()"], Told);
    }

    [Fact]
    public async Task A_server_that_expires_everything_is_not_asked_without_pause()
    {
        await using var api = await StartAsync(Answers.Status(410, "Gone", "too old"), Answers.Nodes("5", "a"));

        await FollowAsync(api, () => Watches().Count == 5);

        // The second list comes at once, the others after 0.5, 1 and 2 s at most, and half of it at least.
        AtLeast([0, 500, 1000, 2000], Gaps(Watches()));
        Assert.Equal(["Listed(a)", "Interrupted(410 Gone: too old)"], Told.Distinct());
    }

    [Fact]
    public async Task A_silent_dead_connection_is_given_up_and_the_watch_goes_on()
    {
        var watches = 0;
        await using var api = await StartAsync(
            context => ++watches == 1 ? Answers.OpenWatch(Answers.Bookmark("20"))(context) : Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "21")))(context),
            Answers.Nodes("10"));

        // Long steps only while the watch is open: they would be too long for a request.
        await FollowAsync(api, () => Told.Contains("Changed(a)"), () => Watches().Count == 1 && Told.Count == 1 ? TimeSpan.FromSeconds(1) : Step);

        Assert.Equal(["Listed()", "Interrupted(ClientTimeout", "Resumed", "Changed(a)"], Told.Select(word => word.Split(':')[0]));
        Assert.Contains("resourceVersion=20&", api.Seen.Last().Query, StringComparison.Ordinal);
        Assert.True(Gaps(Watches()).Single() >= Times.Server + Times.Grace, $"{Gaps(Watches()).Single()}");
    }

    [Fact]
    public async Task A_list_whose_body_stalls_is_given_up()
    {
        await using var api = await StartAsync(async context =>
        {
            await context.FramesAsync(Answers.NodeList("7", null, "a", "b")[..^20]);
            await context.UntilGoneAsync();
        });

        await FollowAsync(api, () => Told.Count > 0, () => TimeSpan.FromSeconds(1));

        Assert.Equal("Interrupted(ClientTimeout: no complete answer within 30 s)", Told[0]);
    }

    [Fact]
    public async Task The_end_of_trouble_is_told_once_a_watch_has_stood_for_a_moment_although_nothing_happens()
    {
        var watches = 0;
        await using var api = await StartAsync(
            context => ++watches < 4 ? Answers.Status(500, "InternalError", "broken")(context) : Answers.OpenWatch()(context), Answers.Nodes("10"));

        await FollowAsync(api, () => Told.Contains("Resumed"));

        Assert.Equal(
            ["Listed()", .. Enumerable.Repeat("Interrupted(500 InternalError: broken)", 3), "Resumed"], Told);
    }

    private void Keep(string word)
    {
        lock (_words)
            Following.Keep(_words, word);
    }

    private List<(bool Watch, TimeSpan At)> Watches() => [.. _asked.Where(asked => asked.Watch)];

    private static List<TimeSpan> Gaps(IEnumerable<(bool Watch, TimeSpan At)> asked) =>
        [.. asked.Zip(asked.Skip(1), (one, next) => next.At - one.At)];

    private static void AtLeast(int[] milliseconds, List<TimeSpan> gaps) =>
        Assert.All(milliseconds.Zip(gaps), pair => Assert.True(pair.Item2 >= TimeSpan.FromMilliseconds(pair.Item1), string.Join(" ", gaps)));

    private Task<FakeApi> StartAsync(Func<HttpContext, Task> watch, Func<HttpContext, Task>? list = null) => FakeApi.StartAsync(context =>
    {
        var watches = context.Query("watch").Length > 0;
        _asked.Enqueue((watches, _time.GetElapsedTime(0)));
        return watches || list is null ? watch(context) : list(context);
    });

    // The clock goes on until the condition is fulfilled.
    private async Task FollowAsync(FakeApi api, Func<bool> condition, Func<TimeSpan>? step = null)
    {
        using var connection = api.Connect(time: _time);
        using var stop = new CancellationTokenSource();
        var following = Following.Nodes(connection, Times).RunAsync(told => Keep(Following.Word(told)), stop.Token);
        using var patience = new CancellationTokenSource(Following.Patience, TimeProvider.System);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"it never came: {string.Join("; ", Told)}");
            _time.Advance(step?.Invoke() ?? Step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.WaitAsync(Following.Patience, TimeProvider.System));
    }
}
