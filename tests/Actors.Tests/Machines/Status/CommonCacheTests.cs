using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Status;

public sealed class CommonCacheTests
{
    private static readonly string One = Facts.Digest('1'), Two = Facts.Digest('2');

    [Fact]
    public void Without_nodes_nothing_is_common() => Assert.Empty(CommonCache.Of([]));

    [Fact]
    public void Only_what_every_node_reports_is_common()
    {
        var common = CommonCache.Of(
        [
            Node("n1", ["host:5000/lab:a", $"host:5000/lab@{One}"], ["host:5000/lab:b", $"host:5000/lab@{Two}"]),
            Node("n2", ["host:5000/lab:a", $"host:5000/lab@{One}"]),
        ]);

        Assert.Equal(("host:5000/lab:a", One), Assert.Single(common.Select(image => (image.ImageUrl, image.ImageHash))));
    }

    [Fact]
    public void The_same_tag_with_another_digest_is_another_image() =>
        Assert.Empty(CommonCache.Of([Node("n1", ["host:5000/lab:a", $"host:5000/lab@{One}"]), Node("n2", ["host:5000/lab:a", $"host:5000/lab@{Two}"])]));

    [Fact]
    public void The_other_tags_are_those_of_any_node_in_the_same_repository()
    {
        var common = CommonCache.Of(
        [
            Node("n1", ["host:5000/lab:a", "host:5000/lab:c", $"host:5000/lab@{One}", "other.example/lab:x", $"other.example/lab@{One}"]),
            Node("n2", ["host:5000/lab:a", "host:5000/lab:b", $"host:5000/lab@{One}"]),
        ]);

        Assert.Equal(["b", "c"], Assert.Single(common).Tags.AsEnumerable());
    }

    private static NodeFacts Node(string name, params string[][] images) => Facts.Node(name) with { Images = new NodeImages(images) };
}
