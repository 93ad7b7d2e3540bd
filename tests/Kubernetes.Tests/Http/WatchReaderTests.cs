using System.Text;
using System.Text.Json;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Http;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Http;

public class WatchReaderTests
{
    private static readonly ApiOperation Operation = new("watch", "nodes");

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Frames_are_the_same_wherever_the_stream_is_cut(int chunk)
    {
        var text = Answers.Frame("ADDED", Answers.NodeJson("a", "2")) + "\n"
            + Answers.Frame("MODIFIED", Answers.NodeJson("ü\\n\\u007d", "3"))
            + $$"""{"object":{{Answers.NodeJson("b", "4")}},"type":"DELETED"}""" + "\r\n"
            + Answers.Bookmark("9").TrimEnd();
        await using var reader = Reader(text, chunk);

        Assert.Equal(["Added a 2", "Modified ü\n} 3", "Deleted b 4", "Bookmark  9"], await AllAsync(reader));
    }

    [Fact]
    public async Task A_frame_of_several_megabytes_is_read()
    {
        var node = """{"metadata":{"name":"big","resourceVersion":"2","annotations":{"a":"FILL"}}}""".Replace("FILL", new string('x', 6_000_000), StringComparison.Ordinal);
        await using var reader = Reader(Answers.Frame("ADDED", node) + Answers.Bookmark("3"), 8000);

        Assert.Equal(["Added big 2", "Bookmark  3"], await AllAsync(reader));
    }

    [Fact]
    public async Task A_frame_above_the_limit_is_refused()
    {
        await using var reader = Reader(Answers.Frame("ADDED", Answers.NodeJson(new string('x', 100_000))), 1000, max: 20_000);

        await Assert.ThrowsAsync<JsonException>(() => reader.ReadAsync(default).AsTask());
    }

    [Theory]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a","resourceV""")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"MYSTERY","object":{}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task What_is_no_whole_frame_is_refused(string text)
    {
        await using var reader = Reader(text, 100);

        await Assert.ThrowsAnyAsync<JsonException>(() => reader.ReadAsync(default).AsTask());
    }

    [Fact]
    public async Task An_error_frame_is_a_typed_error()
    {
        await using var reader = Reader(Answers.Frame("ERROR", Answers.StatusJson(410, "Expired", "too old resource version: 1 (5)")), 100);

        var error = await Assert.ThrowsAsync<KubernetesApiException>(() => reader.ReadAsync(default).AsTask());

        Assert.True(error.Error.IsExpired);
        Assert.Equal("watch nodes: 410 Expired: too old resource version: 1 (5)", error.Message);
    }

    private static WatchReader<Node> Reader(string text, int chunk, int max = 1 << 25) =>
        new(new ChunkedStream(Encoding.UTF8.GetBytes(text), chunk), KubernetesJsonContext.Default.Node, Operation, max);

    private static async Task<List<string>> AllAsync(WatchReader<Node> reader)
    {
        var all = new List<string>();
        while (await reader.ReadAsync(default) is { } frame)
            all.Add($"{frame.Type} {frame.Object?.Metadata.Name} {frame.ResourceVersion}");
        return all;
    }
}
