using System.Text;
using System.Text.Json;
using CacheMachine.Kubernetes.Http;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Http;

public class ListReaderTests
{
    private const string Tricky = """
        {"items" : [ {"metadata":{"name":"a\"}]","labels":{"metadata":"x","items":"y","}":"{"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}} ,
        {"metadata":{"name":"ü","labels":{}},"status":{"images":[{"names":["one","tw\u006f"],"sizeBytes":1},{"names":null}]}}],
        "extra":{"items":[{"metadata":{"name":"not-one"}}],"metadata":{"resourceVersion":"wrong"}},
        "metadata":{"continue":"next","resourceVersion":"12","nested":{"a":[{}]}} }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task Items_and_metadata_are_found_wherever_the_stream_is_cut(int chunk)
    {
        var nodes = new List<Node>();
        var meta = await Reader(nodes).ReadAsync(new ChunkedStream(Encoding.UTF8.GetBytes(Tricky), chunk), default);

        Assert.Equal(new ListMeta("12", "next"), meta);
        Assert.Equal(["a\"}]", "ü"], nodes.Select(n => n.Metadata.Name));
        Assert.Equal("{", nodes[0].Metadata.Labels!["}"]);
        Assert.Equal(["one", "two"], nodes[1].Status!.Images![0].Names!);
        Assert.Null(nodes[1].Status!.Images![1].Names);
    }

    [Fact]
    public async Task Every_truncation_is_noticed()
    {
        var bytes = Encoding.UTF8.GetBytes(Tricky.TrimEnd());
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            await Assert.ThrowsAnyAsync<JsonException>(() => Reader([]).ReadAsync(new ChunkedStream(cut, 16), default));
        }
    }

    [Fact]
    public async Task An_item_above_the_limit_is_refused_and_not_collected()
    {
        var json = $$$"""{"items":[{"metadata":{"name":"{{{new string('x', 500_000)}}}"}}]}""";
        var stream = new ChunkedStream(Encoding.UTF8.GetBytes(json), 10_000);

        var error = await Assert.ThrowsAsync<JsonException>(() => Reader([], 50_000).ReadAsync(stream, default));

        Assert.Contains("50000 bytes", error.Message, StringComparison.Ordinal);
        Assert.True(stream.Given < 200_000, $"read {stream.Given} bytes");
    }

    private static ListReader<Node> Reader(List<Node> nodes, int max = 1 << 20) =>
        new(KubernetesJsonContext.Default.Node, nodes.Add, max);
}
