using CacheMachine.Simulator.Kubelets;
using CacheMachine.Simulator.Registries;

namespace CacheMachine.Simulator.Tests.Kubelets;

public sealed class NodeImagesTests
{
    private readonly NodeImages _images = new();
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_moved_tag_names_the_new_image_and_leaves_the_old_one_its_digest()
    {
        Add("lab/x:recommended", "old", 10);
        Add("lab/x:recommended", "new", 20);

        Assert.Equal(
            [$"docker.io/lab/x@{Digest("new")} docker.io/lab/x:recommended", $"docker.io/lab/x@{Digest("old")}"],
            _images.Report(50).Select(image => string.Join(' ', image!["names"]!.AsArray().Select(name => name!.GetValue<string>()))));
        Assert.Equal(Digest("new"), _images.Find(Reference("lab/x:recommended"))!.Digest);
    }

    [Fact]
    public void Two_tags_of_one_digest_are_one_image()
    {
        Add("lab/x:recommended", "same", 10);
        Add("lab/x:r23", "same", 10);

        Assert.Equal(10, _images.Used);
        Assert.Equal(
            [$"docker.io/lab/x@{Digest("same")}", "docker.io/lab/x:r23", "docker.io/lab/x:recommended"], _images.Snapshot()[0].Names);
    }

    [Fact]
    public void The_report_has_the_biggest_images_only()
    {
        for (var i = 1; i <= 60; i++)
            Add($"lab/x:t{i}", $"d{i}", i);

        var sizes = _images.Report(50).Select(image => image!["sizeBytes"]!.GetValue<long>()).ToList();

        Assert.Equal(Enumerable.Range(11, 50).Reverse().Select(i => (long)i), sizes);
        Assert.Equal(60, _images.Report(-1).Count);
    }

    [Fact]
    public void Entries_may_have_no_real_name()
    {
        _images.AddRaw(["<none>@<none>", "<none>:<none>"], 5, Now);

        Assert.Equal(["<none>@<none>", "<none>:<none>"], _images.Snapshot()[0].Names);
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("lsstsqre/x:t", "docker.io/lsstsqre/x:t")]
    [InlineData("index.docker.io/lsstsqre/x:t", "docker.io/lsstsqre/x:t")]
    [InlineData("host:5000/x:t", "host:5000/x:t")]
    [InlineData("localhost/x", "localhost/x:latest")]
    [InlineData("ghcr.io/a/b/c:1.0", "ghcr.io/a/b/c:1.0")]
    [InlineData("Upper/x:1", null)]
    [InlineData("a//b", null)]
    [InlineData("a b", null)]
    [InlineData("", null)]
    public void Names_are_normalised_as_a_runtime_does_it(string name, string? expected) =>
        Assert.Equal(expected, ImageReference.Parse(name)?.ToString());

    [Fact]
    public void A_name_with_tag_and_digest_is_the_digest()
    {
        var reference = Reference($"lab/x:t@{Digest("a")}");

        Assert.Equal((Digest("a"), $"docker.io/lab/x@{Digest("a")}"), (reference.Reference, reference.ToString()));
    }

    private static ImageReference Reference(string name) => ImageReference.Parse(name)!;

    private static string Digest(string content) => RegistryContent.DigestOf(System.Text.Encoding.UTF8.GetBytes(content));

    private void Add(string name, string content, long size) =>
        _images.Add(Reference(name), new RegistryImage(Digest(content), "", size, HasShell: true), Now);
}
