using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Tests.Support;
using CacheMachine.Kubernetes.Watch;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Watch;

public class WatcherTests
{
    private static readonly WatcherOptions Quick = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(20),
        MaxBackoff = TimeSpan.FromMilliseconds(50),
        ShortestWatch = TimeSpan.Zero,
    };

    [Fact]
    public async Task The_list_comes_first_and_the_watch_goes_on_from_its_version()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a", "b"),
            Answers.OpenWatch(
                Answers.Frame("ADDED", Answers.NodeJson("c", "11")),
                Answers.Frame("MODIFIED", Answers.NodeJson("a", "12")),
                Answers.Frame("DELETED", Answers.NodeJson("b", "13"))));

        var words = await WordsAsync(api, last => last is WatchEvent<Node>.Deleted);

        Assert.Equal(["Reset(a,b@10)", "Connected(10)", "Added(c)", "Modified(a)", "Deleted(b)"], words);
        var watch = api.Seen.Last().Query;
        Assert.Contains("watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=", watch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_orderly_end_the_watch_goes_on_from_the_last_bookmark_without_a_list()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a"),
            Answers.Watch(Answers.Frame("ADDED", Answers.NodeJson("b", "11")), Answers.Bookmark("40")),
            Answers.OpenWatch(Answers.Frame("DELETED", Answers.NodeJson("a", "41"))));

        var words = await WordsAsync(api, last => last is WatchEvent<Node>.Deleted);

        Assert.Equal(["Reset(a@10)", "Connected(10)", "Added(b)", "Connected(40)", "Deleted(a)"], words);
        Assert.Contains("resourceVersion=40&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_connection_is_told_and_the_watch_goes_on_from_the_last_object()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            Answers.BrokenWatch(seen.Task, Answers.Frame("ADDED", Answers.NodeJson("a", "17"))),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("b", "18"))));

        var words = await WordsAsync(api, change =>
        {
            if (change is WatchEvent<Node>.Added { Item.Metadata.Name: "a" })
                seen.SetResult();
            return change is WatchEvent<Node>.Added { Item.Metadata.Name: "b" };
        });

        Assert.Equal(["Reset(@10)", "Connected(10)", "Added(a)", "Interrupted(Unreachable)", "Connected(17)", "Added(b)"], words);
    }

    [Fact]
    public async Task A_frame_that_is_cut_off_is_not_taken_for_an_object()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            Answers.BrokenWatch(seen.Task, Answers.Frame("ADDED", Answers.NodeJson("a", "17"))[..^9]),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "17"))));

        var words = await WordsAsync(api, change =>
        {
            if (change is WatchEvent<Node>.Connected)
                seen.TrySetResult();
            return change is WatchEvent<Node>.Added;
        });

        Assert.Equal(["Reset(@10)", "Connected(10)", "Interrupted(Unreachable)", "Connected(10)", "Added(a)"], words);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_410_asks_for_a_new_list_at_once_that_replaces_the_view(bool asFrame)
    {
        var gone = Answers.StatusJson(410, "Expired", "too old resource version");
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a", "b"),
            asFrame ? Answers.Watch(Answers.Frame("ERROR", gone)) : Answers.Json(410, gone),
            Answers.Nodes("90", "b", "c"),
            Answers.OpenWatch());

        var events = await Watcher(api).UntilAsync(change => change is WatchEvent<Node>.Connected { ResourceVersion: "90" });

        Assert.Equal(
            ["Reset(a,b@10)", "Reset(b,c@90)", "Connected(90)"],
            events.Select(Collected.Word).Where(word => word != "Connected(10)"));
        var second = Assert.IsType<WatchEvent<Node>.Reset>(events[^2]);
        Assert.Equal("watch nodes: 410 Expired: too old resource version", second.Why);
    }

    [Fact]
    public async Task A_server_that_expires_everything_is_not_asked_without_pause()
    {
        await using var api = await FakeApi.StartAsync(context => context.Query("watch").Length > 0
            ? context.JsonAsync(410, Answers.StatusJson(410, "Gone", "too old"))
            : context.JsonAsync(200, Answers.NodeList("5", null, "a")));

        var words = await WordsAsync(api, last => last is WatchEvent<Node>.Interrupted { Failures: 4 });

        Assert.Equal(
            ["Reset(a@5)", "Reset(a@5)", "Interrupted(Gone)", "Reset(a@5)", "Interrupted(Gone)", "Reset(a@5)", "Interrupted(Gone)"],
            words);
    }

    [Fact]
    public async Task A_version_from_the_future_asks_for_a_new_list()
    {
        const string tooLarge = """
            {"kind":"Status","status":"Failure","message":"Too large resource version: 10, current: 3","reason":"Timeout","code":504,
            "details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1}}
            """;
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a"), Answers.Json(504, tooLarge), Answers.Nodes("3", "b"), Answers.OpenWatch());

        var words = await WordsAsync(api, last => last is WatchEvent<Node>.Connected);

        Assert.Equal(["Reset(a@10)", "Reset(b@3)", "Connected(3)"], words);
    }

    [Fact]
    public async Task A_silent_dead_connection_is_given_up_and_the_watch_goes_on()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            Answers.OpenWatch(Answers.Bookmark("20")),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "21"))));
        var options = Quick with { ServerTimeout = TimeSpan.FromSeconds(1), ClientGrace = TimeSpan.FromSeconds(1) };

        var words = await WordsAsync(api, last => last is WatchEvent<Node>.Added, options);

        Assert.Equal(["Reset(@10)", "Connected(10)", "Interrupted(ClientTimeout)", "Connected(20)", "Added(a)"], words);
    }

    [Fact]
    public async Task Failures_are_told_with_the_time_of_the_next_try_and_wait_longer_each_time()
    {
        var tries = 0;
        await using var api = await FakeApi.StartAsync(context => Interlocked.Increment(ref tries) switch
        {
            <= 3 => context.JsonAsync(403, Answers.StatusJson(403, "Forbidden", "nodes is forbidden")),
            4 => context.JsonAsync(200, Answers.NodeList("1", null, "a")),
            _ => Answers.OpenWatch()(context),
        });
        var before = TimeProvider.System.GetUtcNow();
        var options = Quick with { MinBackoff = TimeSpan.FromMilliseconds(40), MaxBackoff = TimeSpan.FromMilliseconds(400) };

        var events = await Watcher(api, options).UntilAsync(change => change is WatchEvent<Node>.Connected);

        var told = events.OfType<WatchEvent<Node>.Interrupted>().ToArray();
        Assert.Equal([1, 2, 3], told.Select(interrupted => interrupted.Failures));
        Assert.All(told, interrupted => Assert.Equal("list nodes: 403 Forbidden: nodes is forbidden", interrupted.Error.ToString()));
        // At least half of 40, 80 and 160 ms.
        Assert.True(told[2].NextTry - before >= TimeSpan.FromMilliseconds(20 + 40 + 80));
        Assert.Equal("Reset(a@1)", events[3].Word());
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_again_and_again_is_a_failure()
    {
        await using var api = await FakeApi.StartAsync(context => context.Query("watch").Length > 0
            ? Answers.Watch()(context)
            : context.JsonAsync(200, Answers.NodeList("5", null)));

        var events = await Watcher(api, Quick with { ShortestWatch = TimeSpan.FromSeconds(20) })
            .UntilAsync(change => change is WatchEvent<Node>.Interrupted { Failures: 2 });

        Assert.Contains("without any frame", events.OfType<WatchEvent<Node>.Interrupted>().Last().Error.Message, StringComparison.Ordinal);
        Assert.Single(events.OfType<WatchEvent<Node>.Reset>());
    }

    [Fact]
    public async Task Stopping_ends_the_enumeration_and_closes_the_connection()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            async (HttpContext context) =>
            {
                await context.FramesAsync();
                await context.UntilGoneAsync();
                closed.SetResult();
            });
        using var client = api.Client();
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var change in new Watcher<Node>(client.Nodes, ListOptions.All, Quick).RunAsync(stop.Token))
            {
                if (change is WatchEvent<Node>.Connected)
                    await stop.CancelAsync();
            }
        });

        await closed.Task.WaitAsync(Collected.Patience, TimeProvider.System);
    }

    [Fact]
    public async Task The_server_time_outs_are_spread()
    {
        var asked = new HashSet<int>();
        await using var api = await FakeApi.StartAsync(context =>
        {
            if (context.Query("watch").Length == 0)
                return context.JsonAsync(200, Answers.NodeList("5", null));
            lock (asked)
                asked.Add(context.QueryNumber("timeoutSeconds"));
            return Answers.Watch(Answers.Bookmark("6"))(context);
        });
        var connections = 0;

        await Watcher(api, Quick with { ServerTimeout = TimeSpan.FromSeconds(300) })
            .UntilAsync(change => change is WatchEvent<Node>.Connected && ++connections == 12);

        lock (asked)
        {
            Assert.True(asked.Count > 3, string.Join(",", asked));
            Assert.All(asked, seconds => Assert.InRange(seconds, 300, 600));
        }
    }

    private static Watcher<Node> Watcher(FakeApi api, WatcherOptions? options = null) =>
        new(api.Client().Nodes, ListOptions.All, options ?? Quick);

    private static async Task<List<string>> WordsAsync(FakeApi api, Func<WatchEvent<Node>, bool> last, WatcherOptions? options = null) =>
        [.. (await Watcher(api, options).UntilAsync(last)).Select(Collected.Word)];
}
