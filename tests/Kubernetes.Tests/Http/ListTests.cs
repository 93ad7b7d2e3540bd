using System.Globalization;
using System.Text;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Http;

public class ListTests
{
    [Fact]
    public async Task Pages_are_followed_by_their_continue_token_and_joined()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, Answers.NodeList("7", "more+/=", "a", "b")),
            Answers.Json(200, Answers.NodeList("7", null, "c")));
        using var client = api.Client(new KubernetesClientOptions { PageSize = 2 });

        var list = await client.Nodes.ListAsync(new ListOptions("x=y,z in (1,2)", "metadata.name!=q"), default);

        Assert.Equal(["a", "b", "c"], list.Items.Select(n => n.Metadata.Name));
        Assert.Equal("7", list.ResourceVersion);
        var asked = api.Seen.ToArray();
        Assert.Equal("/api/v1/nodes", asked[0].Path);
        Assert.Equal("?limit=2&labelSelector=x%3Dy%2Cz%20in%20%281%2C2%29&fieldSelector=metadata.name%21%3Dq", asked[0].Query);
        Assert.Contains("continue=more%2B%2F%3D", asked[1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_continue_token_that_has_expired_starts_the_list_anew_without_doubling_items()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, Answers.NodeList("7", "t1", "a", "gone-meanwhile")),
            Answers.Status(410, "Expired", "The provided continue parameter is too old"),
            Answers.Json(200, Answers.NodeList("9", "t2", "a")),
            Answers.Json(200, Answers.NodeList("9", null, "b")));
        using var client = api.Client();

        var list = await client.Nodes.ListAsync(ListOptions.All, default);

        Assert.Equal(["a", "b"], list.Items.Select(n => n.Metadata.Name));
        Assert.Equal("9", list.ResourceVersion);
    }

    [Fact]
    public async Task When_the_token_expires_again_the_list_is_asked_for_in_one_page()
    {
        await using var api = await FakeApi.StartAsync(context => context.Query("continue").Length > 0
            ? context.JsonAsync(410, Answers.StatusJson(410, "Expired", "too old"))
            : context.JsonAsync(200, Answers.NodeList("5", context.Query("limit").Length > 0 ? "t" : null, "a")));
        using var client = api.Client();

        var list = await client.Nodes.ListAsync(ListOptions.All, default);

        Assert.Equal(["a"], list.Items.Select(n => n.Metadata.Name));
        Assert.Equal("", api.Seen.Last().Query);
        Assert.Equal(5, api.Seen.Count);
    }

    [Fact]
    public async Task An_empty_list_and_a_list_of_null_have_no_items()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, """{"kind":"NodeList","metadata":{"resourceVersion":"1"},"items":[]}"""),
            Answers.Json(200, """{"kind":"NodeList","metadata":{"resourceVersion":"2"},"items":null}"""));
        using var client = api.Client();

        Assert.Empty((await client.Nodes.ListAsync(ListOptions.All, default)).Items);
        Assert.Empty((await client.Nodes.ListAsync(ListOptions.All, default)).Items);
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_an_error_and_never_a_shorter_list()
    {
        var whole = Answers.NodeList("7", null, "a", "b");
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, whole[..^20]),
            async context =>
            {
                await context.FramesAsync(whole[..^20]);
                context.Abort();
            });
        using var client = api.Client();

        var cut = await Assert.ThrowsAsync<KubernetesApiException>(() => client.Nodes.ListAsync(ListOptions.All, default));
        Assert.Equal(ApiErrorReason.Malformed, cut.Error.Reason);
        var broken = await Assert.ThrowsAsync<KubernetesApiException>(() => client.Nodes.ListAsync(ListOptions.All, default));
        Assert.Equal(ApiErrorReason.Unreachable, broken.Error.Reason);
        Assert.StartsWith("list nodes: Unreachable: ", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_no_list_is_an_error()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(200, """{"hello":[{"a":1}]}"""));
        using var client = api.Client();

        var error = await Assert.ThrowsAsync<KubernetesApiException>(() => client.Nodes.ListAsync(ListOptions.All, default));

        Assert.Equal(ApiErrorReason.Malformed, error.Error.Reason);
        Assert.Contains("metadata.resourceVersion", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// The server makes 5,000 nodes with 50 images as they are taken from it: about 60 MB. Were the answer collected before it is decoded,
    /// the server would have made all of them when the first arrives.
    /// </summary>
    [Fact]
    public async Task Five_thousand_nodes_are_decoded_while_they_arrive()
    {
        const int count = 5000;
        var made = 0;
        await using var api = await FakeApi.StartAsync(async context =>
        {
            await context.FramesAsync("""{"kind":"NodeList","metadata":{"resourceVersion":"1"},"items":[""");
            for (var i = 0; i < count; i++)
            {
                Volatile.Write(ref made, i + 1);
                await context.FramesAsync((i > 0 ? "," : "") + BigNode(i));
            }

            await context.FramesAsync("]}");
        });
        using var client = api.Client();
        var madeAtFirst = 0;
        var names = 0L;

        var list = await client.Nodes.ListAsync(
            node =>
            {
                madeAtFirst = madeAtFirst == 0 ? Volatile.Read(ref made) : madeAtFirst;
                names += node.Status!.Images!.Sum(image => image.Names!.Count);
                return node.Status.Images![7].Names![1];
            },
            ListOptions.All,
            default);

        Assert.Equal(count, list.Items.Count);
        Assert.Equal(count * 100L, names);
        Assert.InRange(madeAtFirst, 1, count / 2);
        // A name that is on every node is one string, not 5,000.
        Assert.Single(list.Items.Distinct(ReferenceEqualityComparer.Instance));
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
