using System.Globalization;
using System.Text;
using CacheMachine.Host.Kubernetes.Watching;
using CacheMachine.Host.Tests.Kubernetes.Support;

namespace CacheMachine.Host.Tests.Kubernetes.Watching;

public sealed class FollowerListTests
{
    [Fact]
    public async Task Pages_are_followed_by_their_continue_token_and_joined()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, Answers.NodeList("7", "more+/=", "a", "b")),
            Answers.Json(200, Answers.NodeList("7", null, "c")));

        Assert.Equal(["Listed(a,b,c)"], await api.UntilAsync("Listed"));
        Assert.Equal(["?limit=500", "?continue=more%2B%2F%3D&limit=500"], api.Seen.Select(request => request.Query));
    }

    [Fact]
    public async Task A_kind_of_a_namespace_is_asked_for_there_with_its_selector()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(200, """{"metadata":{"resourceVersion":"1"},"items":[]}"""), Answers.OpenWatch());
        using var connection = api.Connect();
        var kind = new WatchedKind("apps", "v1", "daemonsets", "ns", "x=y,z in (1,2)");
        var follower = new Follower<WatchedDaemonSet, string>(connection, kind, WatchedJson.Default.Options, set => set.Metadata?.ResourceVersion, _ => "");

        await Assert.ThrowsAsync<InvalidOperationException>(() => follower.RunAsync(_ => throw new InvalidOperationException(), default));

        var asked = Assert.Single(api.Seen);
        Assert.Equal("/apis/apps/v1/namespaces/ns/daemonsets", asked.Path);
        Assert.Contains("labelSelector=x%3Dy%2Cz%20in%20%281%2C2%29", asked.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_continue_token_that_has_expired_starts_the_list_anew_without_doubling_items()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, Answers.NodeList("7", "t1", "a", "gone-meanwhile")),
            Answers.Status(410, "Expired", "The provided continue parameter is too old"),
            Answers.Json(200, Answers.NodeList("9", "t2", "a")),
            Answers.Json(200, Answers.NodeList("9", null, "b")),
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("c", "10"))));

        Assert.Equal(["Listed(a,b)", "Changed(c)"], await api.UntilAsync("Changed"));
        Assert.Contains("resourceVersion=9&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_token_expires_again_the_list_is_asked_for_in_one_page()
    {
        await using var api = await FakeApi.StartAsync(context => context.Query("continue").Length > 0
            ? context.JsonAsync(410, Answers.StatusJson(410, "Expired", "too old"))
            : context.JsonAsync(200, Answers.NodeList("5", context.Query("limit").Length > 0 ? "t" : null, "a")));

        Assert.Equal(["Listed(a)"], await api.UntilAsync("Listed"));
        Assert.Equal("", api.Seen.Last().Query);
        Assert.Equal(5, api.Seen.Count);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task An_empty_list_has_no_items(string items)
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, """{"kind":"NodeList","metadata":{"resourceVersion":"1"},"items":ITEMS}""".Replace("ITEMS", items, StringComparison.Ordinal)));

        Assert.Equal(["Listed()"], await api.UntilAsync("Listed"));
    }

    [Fact]
    public async Task Items_and_metadata_are_found_in_any_order_and_beside_anything()
    {
        const string tricky = """
            {"items" : [ {"metadata":{"name":"a\"}]","labels":{"metadata":"x","items":"y","}":"{"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}} ,
            {"metadata":{"name":"ü","labels":{}},"status":{"images":[{"names":["one","tw\u006f"],"sizeBytes":1},{"names":null}]}}],
            "extra":{"items":[{"metadata":{"name":"not-one"}}],"metadata":{"resourceVersion":"wrong"}},
            "metadata":{"continue":"","resourceVersion":"12","nested":{"a":[{}]}} }
            """;
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, tricky), Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("c", "13"))));

        Assert.Equal(["Listed(a\"}],ü)", "Changed(c)"], await api.UntilAsync("Changed"));
        Assert.Contains("resourceVersion=12&", api.Seen.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_trouble_and_never_a_shorter_list()
    {
        var whole = Answers.NodeList("7", null, "a", "b");
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, whole[..^20]),
            async context =>
            {
                await context.FramesAsync(whole[..^20]);
                context.Abort();
            },
            Answers.Json(200, """{"hello":[{"a":1}]}"""),
            Answers.Json(200, whole));

        var words = await api.UntilAsync("Listed");

        Assert.Equal(["Interrupted(Malformed", "Interrupted(Unreachable", "Interrupted(Malformed", "Listed(a,b)"], words.Select(word => word.Split(':')[0]));
        Assert.Contains("it is no list: it has no metadata.resourceVersion", words[2], StringComparison.Ordinal);
    }

    /// <summary>The server makes 5,000 nodes with 50 images as they are taken from it, in pages: no page is asked for before the one before it is read.</summary>
    [Fact]
    public async Task Each_page_is_projected_before_the_next_one_is_asked_for()
    {
        const int count = 5000, page = 500;
        var projected = 0;
        var before = new List<int>();
        await using var api = await FakeApi.StartAsync(async context =>
        {
            before.Add(Volatile.Read(ref projected));
            var first = context.Query("continue") is { Length: > 0 } token ? int.Parse(token, CultureInfo.InvariantCulture) : 0;
            var next = first + page < count ? $",\"continue\":\"{first + page}\"" : "";
            await context.FramesAsync($$"""{"kind":"NodeList","metadata":{"resourceVersion":"1"{{next}}},"items":[""");
            for (var i = first; i < first + page; i++)
                await context.FramesAsync((i > first ? "," : "") + BigNode(i));
            await context.FramesAsync("]}");
        });
        using var connection = api.Connect();
        var names = 0L;
        var follower = new Follower<WatchedNode, string>(
            connection, new WatchedKind("", "v1", "nodes"), WatchedJson.Default.Options, node => node.Metadata?.ResourceVersion,
            node =>
            {
                Interlocked.Increment(ref projected);
                names += node.Status!.Images!.Sum(image => image.Names!.Count);
                return node.Metadata!.Name!;
            });
        IReadOnlyList<string> listed = [];

        await Assert.ThrowsAsync<InvalidOperationException>(() => follower.RunAsync(
            told =>
            {
                listed = ((Followed<string>.Listed)told).Items;
                throw new InvalidOperationException();
            },
            default));

        Assert.Equal(count, listed.Distinct().Count());
        Assert.Equal(count * 100L, names);
        Assert.Equal(Enumerable.Range(0, count / page).Select(i => i * page), before);
    }

    private static string BigNode(int index)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$$"""{"metadata":{"name":"node-{{{index}}}","resourceVersion":"1"},"status":{"images":[""");
        for (var i = 0; i < 50; i++)
        {
            text.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture,
                $$"""{"names":["registry.example.org/lsstsqre/lab@sha256:{{i:x64}}","registry.example.org/lsstsqre/lab:w_2021_{{i}}"],"sizeBytes":123456789}""");
        }
        return text.Append("]}}").ToString();
    }
}
