using CacheMachine.Actors.Images;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Nodes;

public sealed class NodeImagesTests
{
    private static readonly string One = Facts.Digest('1'), Two = Facts.Digest('2');

    [Fact]
    public void An_image_is_there_under_its_tag_with_its_digest()
    {
        var images = Report([$"docker.io/lsstsqre/lab@{One}", "docker.io/lsstsqre/lab:w_1"]);

        Assert.True(Has(images, "docker.io/lsstsqre/lab:w_1"));
        Assert.True(Has(images, "docker.io/lsstsqre/lab:w_1", One));
        Assert.False(Has(images, "docker.io/lsstsqre/lab:w_1", Two));
        Assert.False(Has(images, "docker.io/lsstsqre/lab:w_2"));
        Assert.False(Has(images, "docker.io/lsstsqre/lab:w_2", One));
        Assert.Equal([("docker.io/lsstsqre/lab:w_1", One)], images.Cached.AsEnumerable());
    }

    [Fact]
    public void Names_are_compared_normalised_on_both_sides()
    {
        Assert.True(Has(Report([$"lsstsqre/lab@{One}", "lsstsqre/lab:w_1"]), "index.docker.io/lsstsqre/lab:w_1", One));
        Assert.True(Has(Report([$"docker.io/library/busybox@{One}", "docker.io/library/busybox:latest"]), "busybox", One));
    }

    [Fact]
    public void A_port_is_part_of_the_name_and_no_tag()
    {
        var images = Report([$"host:5000/lab@{One}", "host:5000/lab:w_1"]);

        Assert.True(Has(images, "host:5000/lab:w_1", One));
        Assert.False(Has(images, "host/lab:w_1"));
        Assert.False(Has(images, "host:5001/lab:w_1"));
        Assert.Equal([("host:5000/lab:w_1", One)], images.Cached.AsEnumerable());
    }

    [Fact]
    public void Entries_without_a_name_say_nothing_but_count()
    {
        var images = Report([$"<none>@<none>", "<none>:<none>"], [$"registry.example/lab@{One}", "<none>:<none>"], [$"<none>@{Two}", "registry.example/lab:w_2"]);

        Assert.Equal(3, images.Count);
        Assert.True(Has(images, $"registry.example/lab@{One}"));
        Assert.True(Has(images, "registry.example/lab:w_2"));
        Assert.False(Has(images, "registry.example/lab:w_2", Two));
        Assert.Empty(images.Cached);
    }

    [Fact]
    public void An_image_known_by_its_digest_only_is_found_by_that_only()
    {
        var images = Report([$"registry.example/lab@{One}"]);

        Assert.True(Has(images, $"registry.example/lab@{One}"));
        Assert.True(Has(images, $"registry.example/lab:w_1@{One}", One));
        Assert.False(Has(images, $"registry.example/lab@{Two}"));
        Assert.False(Has(images, $"registry.example/other@{One}"));
        Assert.False(Has(images, "registry.example/lab:w_1"));
        Assert.Empty(images.Cached);
    }

    [Fact]
    public void Repositories_that_share_an_image_keep_their_own_digests()
    {
        var images = Report([$"one.example/lab@{One}", $"two.example/lab@{Two}", "one.example/lab:w_1", "two.example/lab:w_1"]);

        Assert.True(Has(images, "one.example/lab:w_1", One));
        Assert.False(Has(images, "one.example/lab:w_1", Two));
        Assert.True(Has(images, "two.example/lab:w_1", Two));
    }

    [Fact]
    public void Repositories_with_one_digest_each_have_it()
    {
        var images = Report([$"one.example/lab@{One}", $"two.example/lab@{One}", "one.example/lab:w_1", "two.example/lab:w_1"]);

        Assert.True(Has(images, "one.example/lab:w_1", One));
        Assert.True(Has(images, "two.example/lab:w_1", One));
        Assert.Equal(2, images.Cached.Length);
    }

    [Fact]
    public void A_tag_whose_repository_has_no_digest_of_its_own_has_that_of_the_content() =>
        Assert.True(Has(Report([$"one.example/lab@{One}", "one.example/lab:w_1", "mirror.example/lab:w_1"]), "mirror.example/lab:w_1", One));

    [Fact]
    public void A_moved_tag_is_there_with_its_new_digest_and_the_old_content_without_the_tag()
    {
        var images = Report([$"registry.example/lab@{One}"], [$"registry.example/lab@{Two}", "registry.example/lab:recommended"]);

        Assert.True(Has(images, "registry.example/lab:recommended", Two));
        Assert.False(Has(images, "registry.example/lab:recommended", One));
        Assert.True(Has(images, $"registry.example/lab@{One}"));
    }

    [Fact]
    public void A_report_of_fifty_images_may_lack_some()
    {
        var images = Enumerable.Range(0, 50).Select(i => new[] { $"registry.example/lab:{i}" }).ToArray();

        Assert.False(Report(images).IsFull);
        Assert.True(Report(images[1..]).IsFull);
        Assert.True(NodeImages.None.IsFull);
    }

    private static NodeImages Report(params string[][] images) => new(images);

    private static bool Has(NodeImages images, string image, string? digest = null) => images.Has(ImageReference.Parse(image), digest);
}
