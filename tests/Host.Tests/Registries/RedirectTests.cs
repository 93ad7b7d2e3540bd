using System.Net;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Http;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries;

public sealed class RedirectTests
{
    public static TheoryData<string> Refused =>
    [
        "169.254.169.254", "169.254.0.1:5000", "[fe80::1]", "[febf::1]:5000", "2852039166",
        "100.100.100.200", "168.63.129.16", "192.0.0.192:80", "[fd00:ec2::254]", "[fd00:ec2:0:0::254]:8080", "[fd20:ce::254]",
        "[::ffff:a9fe:a9fe]", "[::ffff:6464:64c8]", "[::c000:c0]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::6464:64c8]", "[2002:a9fe:a9fe::1]",
    ];

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Credentials_stay_on_the_host_they_are_for(int status)
    {
        await using var elsewhere = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":["a"]}"""));
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Headers.Authorization.Count == 0 ? context.ChallengeAsync("Basic realm=\"x\"")
            : context.Request.Path == "/moved" ? context.StatusAsync(status, ("Location", $"http://{elsewhere.Host}/v2/x"))
            : context.StatusAsync(status, ("Location", "/moved")));
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server, elsewhere) with { DockerConfigPath = config.Path });
        Assert.Equal(["a"], await client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(["", Answers.Basic("user", "secret"), Answers.Basic("user", "secret")], server.Requests.Select(request => request.Authorization));
        Assert.Equal("", Assert.Single(elsewhere.Requests).Authorization);
    }

    [Fact]
    public async Task Credentials_do_not_come_back_with_a_redirect_home()
    {
        await using FakeServer elsewhere = await FakeServer.StartAsync(context =>
            context.StatusAsync(302, ("Location", context.Request.Query["back"].ToString())));
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Path == "/home" ? context.JsonAsync("""{"tags":[]}""")
            : context.Request.Headers.Authorization.Count == 0 ? context.ChallengeAsync("Basic realm=\"x\"")
            : context.StatusAsync(302, ("Location", $"http://{elsewhere.Host}/?back=http://{context.Request.Host}/home")));
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server, elsewhere) with { DockerConfigPath = config.Path });
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.Equal("", server.Requests.Last().Authorization);
    }

    [Fact]
    public async Task A_redirect_from_https_to_plain_http_is_refused()
    {
        await using var plain = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":[]}"""));
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(302, ("Location", $"http://{plain.Host}/")), https: true);
        using var client = Clients.Create();
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Empty(plain.Requests);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_redirect_to_a_metadata_address_is_refused(string host)
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.StatusAsync(302, ("Location", $"https://{host}/latest/meta-data/")));
        using var client = Clients.Create(Clients.Insecure(server), resolve: NoResolver);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("metadata", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/again", "redirects")]
    [InlineData(null, "Location")]
    public async Task A_redirect_that_leads_nowhere_is_an_error(string? location, string says)
    {
        await using var server = await FakeServer.StartAsync(context =>
            location is null ? context.StatusAsync(302) : context.StatusAsync(302, ("Location", location)));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_metadata_address_is_refused(string registry)
    {
        using var client = Clients.Create(resolve: NoResolver);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(registry, "a/b"));
        Assert.Contains("link-local", exception.Message, StringComparison.Ordinal);
        Assert.True(exception.MayBeTold);
    }

    [Theory]
    [InlineData("169.254.169.254", "fe80::1%3")]
    [InlineData("100.100.100.200", "fd00:ec2::254%1")]
    public async Task A_name_that_leads_to_metadata_addresses_is_refused(string first, string second)
    {
        using var client = Clients.Create(resolve: (host, _) =>
            Task.FromResult(host == "metadata.test" ? new[] { IPAddress.Parse(first), IPAddress.Parse(second) } : []));
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync("metadata.test", "a/b"));
        Assert.Contains("metadata.test", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100.100.100.199")]
    [InlineData("192.0.0.191")]
    [InlineData("169.253.255.255")]
    [InlineData("fd00:ec2::255")]
    [InlineData("fec0::1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("2001:db8:a9fe:a9fe::1")]
    public void Other_addresses_are_not_refused(string address) => Assert.False(RefusedAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_with_another_address_is_reached_there()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":["a"]}"""));
        var name = $"mixed.test:{server.Port}";
        using var client = Clients.Create(
            new RegistryOptions { InsecureHosts = [name] },
            resolve: (_, _) => Task.FromResult(new[] { IPAddress.Parse("169.254.1.1"), IPAddress.Loopback }));
        Assert.Equal(["a"], await client.ListTagsAsync(name, "a/b"));
    }

    private static Task<IPAddress[]> NoResolver(string host, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("An address needs no resolver.");
}
