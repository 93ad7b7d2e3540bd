using CacheMachine.Host.Tests.Kubernetes.Support;

namespace CacheMachine.Host.Tests.Kubernetes.Watching;

public sealed class FollowerTests
{
    private static readonly string Gone = Answers.StatusJson(410, "Expired", "too old resource version");

    [Fact]
    public async Task The_list_comes_first_and_the_watch_goes_on_from_its_version()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a", "b"),
            Answers.OpenWatch(
                Answers.Frame("ADDED", Answers.NodeJson("c", "11")),
                Answers.Frame("MODIFIED", Answers.NodeJson("a", "12")),
                Answers.Frame("DELETED", Answers.NodeJson("b", "13"))));

        Assert.Equal(["Listed(a,b)", "Changed(c)", "Changed(a)", "Deleted(b)"], await api.UntilAsync("Deleted"));

        var (list, watch) = (api.Seen.First(), api.Seen.Last());
        Assert.Equal(("/api/v1/nodes", "?limit=500"), (list.Path, list.Query));
        Assert.Equal("/api/v1/nodes", watch.Path);
        foreach (var part in new[] { "watch=true", "allowWatchBookmarks=true", "resourceVersion=10", "timeoutSeconds=" })
            Assert.Contains(part, watch.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_orderly_end_the_watch_goes_on_from_the_last_bookmark_without_a_list_and_without_a_word()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a"),
            Answers.Watch(Answers.Frame("ADDED", Answers.NodeJson("b", "11")), Answers.Bookmark("40")),
            Answers.OpenWatch(Answers.Frame("DELETED", Answers.NodeJson("a", "41"))));

        Assert.Equal(["Listed(a)", "Changed(b)", "Deleted(a)"], await api.UntilAsync("Deleted"));
        Assert.Contains("resourceVersion=40&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quiet_watch_that_ends_in_order_is_no_trouble()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"), Answers.Watch(), Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "11"))));

        Assert.Equal(["Listed()", "Changed(a)"], await api.UntilAsync("Changed"));
        Assert.Contains("resourceVersion=10&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_connection_is_told_and_the_watch_goes_on_from_the_last_object()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            Answers.BrokenWatch(seen.Task, Answers.Frame("ADDED", Answers.NodeJson("a", "17"))),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("b", "18"))));

        var words = await api.Connect().UntilAsync(
            word =>
            {
                if (word == "Changed(a)")
                    seen.SetResult();
                return word == "Changed(b)";
            },
            Following.Quick);

        Assert.Equal(["Listed()", "Changed(a)", "Interrupted(Unreachable", "Resumed", "Changed(b)"], words.Select(word => word.Split(':')[0]));
        Assert.Contains("resourceVersion=17&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Interrupted(Unreachable")]
    [InlineData(false, "Interrupted(Malformed")]
    public async Task A_frame_that_is_cut_off_is_not_taken_for_an_object(bool connectionBreaks, string trouble)
    {
        var cut = Answers.Frame("ADDED", Answers.NodeJson("a", "17"))[..^9];
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            connectionBreaks ? Answers.BrokenWatch(Task.CompletedTask, cut) : Answers.Watch(cut),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "17"))));

        var words = await api.UntilAsync("Changed");

        Assert.Equal(["Listed()", trouble, "Resumed", "Changed(a)"], words.Select(word => word.Split(':')[0]));
        Assert.Contains("resourceVersion=10&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_410_asks_for_a_new_list_at_once_that_replaces_the_view(bool asFrame)
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a", "b"),
            asFrame ? Answers.Watch(Answers.Frame("ERROR", Gone)) : Answers.Json(410, Gone),
            Answers.Nodes("90", "b", "c"),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("d", "91"))));

        Assert.Equal(["Listed(a,b)", "Listed(b,c)", "Changed(d)"], await api.UntilAsync("Changed"));
    }

    [Fact]
    public async Task A_version_from_the_future_asks_for_a_new_list()
    {
        const string tooLarge = """
            {"kind":"Status","status":"Failure","message":"Too large resource version: 10, current: 3","reason":"Timeout","code":504,
            "details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1}}
            """;
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10", "a"), Answers.Json(504, tooLarge), Answers.Nodes("3", "b"),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("c", "4"))));

        Assert.Equal(["Listed(a)", "Listed(b)", "Changed(c)"], await api.UntilAsync("Changed"));
    }

    [Fact]
    public async Task An_error_frame_of_another_kind_is_told_and_the_watch_goes_on_without_a_list()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            Answers.Watch(Answers.Frame("ERROR", Answers.StatusJson(500, "InternalError", "etcd is slow"))),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "11"))));

        Assert.Equal(["Listed()", "Interrupted(500 InternalError: etcd is slow)", "Resumed", "Changed(a)"], await api.UntilAsync("Changed"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Frames_are_the_same_wherever_the_stream_is_cut(int piece)
    {
        var text = Answers.Frame("ADDED", Answers.NodeJson("a", "2")) + "\n"
            + Answers.Frame("MODIFIED", Answers.NodeJson("ü\\n\\u007d", "3"))
            + $$"""{"object":{{Answers.NodeJson("b", "4")}},"type":"DELETED"}""" + "\r\n"
            + Answers.Bookmark("9").TrimEnd();
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("1"),
            Answers.WatchInPieces(text, piece),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("c", "10"))));

        Assert.Equal(["Listed()", "Changed(a)", "Changed(ü\n})", "Deleted(b)", "Changed(c)"], await api.UntilAsync("Changed(c)"));
        Assert.Contains("resourceVersion=9&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_of_several_megabytes_is_read()
    {
        var node = """{"metadata":{"name":"big","resourceVersion":"2","annotations":{"a":"FILL"}}}""".Replace("FILL", new string('x', 6_000_000), StringComparison.Ordinal);
        await using var api = await FakeApi.ScriptAsync(Answers.Nodes("1"), Answers.OpenWatch(Answers.Frame("ADDED", node)));

        Assert.Equal(["Listed()", "Changed(big)"], await api.UntilAsync("Changed"));
    }

    [Theory]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"MYSTERY","object":{"metadata":{"resourceVersion":"2"}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":{}}}}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task What_is_no_watch_frame_is_refused_without_quoting_it(string text)
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Nodes("1"), Answers.Watch(text + "\n"));

        var told = (await api.UntilAsync("Interrupted"))[^1];

        Assert.StartsWith("Interrupted(Malformed: the answer is not what the API promises: ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("html", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_ends_it_and_closes_the_connection()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await FakeApi.ScriptAsync(
            Answers.Nodes("10"),
            async context =>
            {
                await context.FramesAsync();
                open.SetResult();
                await context.UntilGoneAsync();
                closed.SetResult();
            });
        using var connection = api.Connect();
        using var stop = new CancellationTokenSource();

        var following = Following.Nodes(connection, Following.Quick).RunAsync(_ => { }, stop.Token);
        await open.Task.WaitAsync(Following.Patience, TimeProvider.System);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.WaitAsync(Following.Patience, TimeProvider.System));
        await closed.Task.WaitAsync(Following.Patience, TimeProvider.System);
    }

    [Fact]
    public async Task The_server_time_outs_are_spread()
    {
        var asked = new HashSet<int>();
        var watches = 0;
        await using var api = await FakeApi.StartAsync(context =>
        {
            if (context.Query("watch").Length == 0)
                return context.JsonAsync(200, Answers.NodeList("5", null));
            lock (asked)
                asked.Add(context.QueryNumber("timeoutSeconds"));
            return Answers.Watch(Answers.Frame("ADDED", Answers.NodeJson($"n{++watches}", "6")))(context);
        });

        await api.UntilAsync("Changed(n12)");

        lock (asked)
        {
            Assert.True(asked.Count > 3, string.Join(",", asked));
            Assert.All(asked, seconds => Assert.InRange(seconds, 300, 600));
        }
    }
}
