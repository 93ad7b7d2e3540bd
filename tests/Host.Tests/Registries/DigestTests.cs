using System.Security.Cryptography;
using System.Text;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries;

public sealed class DigestTests
{
    private const string Manifest = """{"schemaVersion":2}""";
    private static readonly string Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Manifest)));

    [Fact]
    public async Task The_digest_comes_from_a_head_request_that_accepts_every_kind_of_manifest()
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(200, ("Docker-Content-Digest", Digest)));
        using var client = Clients.For(server);
        Assert.Equal(Digest, await client.GetDigestAsync(server.Host, "a/b", "w_2021_22"));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("HEAD", "/v2/a/b/manifests/w_2021_22"), (request.Method, request.Url));
        foreach (var type in new[]
                 {
                     "application/vnd.oci.image.index.v1+json",
                     "application/vnd.docker.distribution.manifest.list.v2+json",
                     "application/vnd.oci.image.manifest.v1+json",
                     "application/vnd.docker.distribution.manifest.v2+json",
                 })
            Assert.Contains(type, request.Accept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(405)]
    public async Task Without_a_digest_header_the_manifest_is_hashed(int statusOfHead)
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Method == "HEAD" ? context.StatusAsync(statusOfHead) : context.JsonAsync(Manifest));
        using var client = Clients.For(server);
        Assert.Equal(Digest, await client.GetDigestAsync(server.Host, "a/b", "t"));
        Assert.Equal(["HEAD", "GET"], server.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("latest")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    public async Task A_malformed_digest_header_is_an_error(string header)
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(200, ("Docker-Content-Digest", header)));
        using var client = Clients.For(server);
        await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.GetDigestAsync(server.Host, "a/b", "t"));
    }

    [Fact]
    public async Task A_manifest_that_must_be_hashed_is_at_most_4_MiB()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Method == "HEAD" ? context.StatusAsync(200) : context.JsonAsync(new string(' ', (4 * 1024 * 1024) + 1)));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.GetDigestAsync(server.Host, "a/b", "t"));
        Assert.Contains("larger than 4194304 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_does_not_exist_is_not_found()
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(404));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.NotFound, () => client.GetDigestAsync(server.Host, "a/b", "t"));
        Assert.Contains("/v2/a/b/manifests/t)", exception.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_malformed_tag_never_becomes_a_url()
    {
        using var client = Clients.Create();
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetDigestAsync("host", "a/b", "../c"));
    }
}
