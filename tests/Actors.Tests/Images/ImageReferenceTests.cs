using CacheMachine.Actors.Images;
using Xunit;

namespace CacheMachine.Actors.Tests.Images;

public sealed class ImageReferenceTests
{
    private static readonly string Hex = new('a', 64);

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36")]
    [InlineData("lsstsqre/x:t", "docker.io/lsstsqre/x:t")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("index.docker.io/lsstsqre/x:t", "docker.io/lsstsqre/x:t")]
    [InlineData("registry.hub.docker.com/lsstsqre/x:t", "registry.hub.docker.com/lsstsqre/x:t")]
    [InlineData("registry-1.docker.io/lsstsqre/x:t", "registry-1.docker.io/lsstsqre/x:t")]
    [InlineData("host:5000/x:t", "host:5000/x:t")]
    [InlineData("host:5000/x", "host:5000/x:latest")]
    [InlineData("localhost/x", "localhost/x:latest")]
    [InlineData("Upper/x", "Upper/x:latest")]
    [InlineData("quay.io/a/b-c/d__e.f", "quay.io/a/b-c/d__e.f:latest")]
    [InlineData("[fd00::1]:5000/x:t", "[fd00::1]:5000/x:t")]
    [InlineData("host:5000", "docker.io/library/host:5000")]
    public void A_reference_is_normalised(string text, string expected) => Assert.Equal(expected, ImageReference.Parse(text).ToString());

    [Fact]
    public void The_parts_are_available()
    {
        var reference = ImageReference.Parse($"host:5000/a/b:t@sha256:{Hex}");
        Assert.Equal("host:5000", reference.Registry);
        Assert.Equal("a/b", reference.Repository);
        Assert.Equal("host:5000/a/b", reference.Name);
        Assert.Equal("t", reference.Tag);
        Assert.Equal("sha256:" + Hex, reference.Digest);
    }

    [Fact]
    public void A_reference_by_digest_gets_no_tag() => Assert.Null(ImageReference.Parse($"x@sha256:{Hex}").Tag);

    [Fact]
    public void The_short_and_the_full_form_are_equal() =>
        Assert.Equal(ImageReference.Parse("lsstsqre/x:t"), ImageReference.Parse("docker.io/lsstsqre/x:t"));

    [Fact]
    public void Another_tag_is_another_image() =>
        Assert.NotEqual(ImageReference.Parse("x:a"), ImageReference.Parse("x:b"));

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("lsstsqre/Image:t", "upper case")]
    [InlineData("Busybox", "upper case")]
    [InlineData("x:", "the tag ''")]
    [InlineData("x:.t", "the tag '.t'")]
    [InlineData("x:a b", "the tag 'a b'")]
    [InlineData("x:a\n", "the tag")]
    [InlineData("x@sha256:abc", "the digest 'sha256:abc'")]
    [InlineData("x@md5:abc", "the digest")]
    [InlineData("x@", "the digest ''")]
    [InlineData("-a.b/x", "the registry '-a.b'")]
    [InlineData("host:port/x", "the registry 'host:port'")]
    [InlineData("host:5000/", "repository name is missing")]
    [InlineData(":t", "repository name is missing")]
    [InlineData("/x", "the repository name '/x'")]
    [InlineData("a//b", "the repository name")]
    [InlineData("a/b/", "the repository name")]
    [InlineData("a___b", "the repository name")]
    [InlineData("https://host/x", "the registry 'https:'")]
    [InlineData(" x", "the repository name")]
    [InlineData("ünı/x", "the repository name")]
    public void A_fault_names_its_rule(string text, string rule)
    {
        Assert.False(ImageReference.TryParse(text, out var reference, out var error));
        Assert.Null(reference);
        Assert.Contains(rule, error, StringComparison.Ordinal);
        var exception = Assert.Throws<FormatException>(() => ImageReference.Parse(text));
        Assert.Contains(error, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_id_is_not_a_name()
    {
        Assert.False(ImageReference.TryParse(Hex, out _, out var error));
        Assert.Contains("image ID", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_are_bounded()
    {
        var path = "a/" + new string('b', 253);
        Assert.True(ImageReference.TryParse(path, out _, out _));
        Assert.False(ImageReference.TryParse(path + "b", out _, out var error));
        Assert.Contains("longer than 255", error, StringComparison.Ordinal);

        Assert.True(ImageReference.TryParse("x:" + new string('t', 128), out _, out _));
        Assert.False(ImageReference.TryParse("x:" + new string('t', 129), out _, out error));
        Assert.Contains("128", error, StringComparison.Ordinal);

        Assert.False(ImageReference.TryParse(new string('h', 300) + ".io/x", out _, out error));
        Assert.Contains("registry is longer than 255", error, StringComparison.Ordinal);
    }
}
