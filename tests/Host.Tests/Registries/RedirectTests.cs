using System.Net;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries;

public sealed class RedirectTests
{
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

    [Fact]
    public async Task A_redirect_to_a_link_local_address_is_refused()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.StatusAsync(302, ("Location", "http://169.254.169.254/latest/meta-data/")));
        using var client = Clients.Create(Clients.Insecure(server) with { InsecureHosts = [server.Host, "169.254.169.254"] });
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
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
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1:5000")]
    [InlineData("[fe80::1]")]
    [InlineData("[febf::1]:5000")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[64:ff9b::a9fe:a9fe]")]
    [InlineData("2852039166")]
    public async Task A_link_local_address_is_refused(string registry)
    {
        using var client = Clients.Create(resolve: (_, _) => throw new InvalidOperationException("An address needs no resolver."));
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(registry, "a/b"));
        Assert.Contains("link-local", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_resolves_to_a_link_local_address_is_refused()
    {
        using var client = Clients.Create(resolve: (host, _) =>
            Task.FromResult(host == "metadata.test" ? new[] { IPAddress.Parse("169.254.169.254"), IPAddress.Parse("fe80::1") } : []));
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync("metadata.test", "a/b"));
        Assert.Contains("metadata.test", exception.Message, StringComparison.Ordinal);
    }

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
}
