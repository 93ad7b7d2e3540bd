using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class BasicTests
{
    [Fact]
    public async Task Credentials_are_sent_when_asked_for_and_from_then_on()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Headers.Authorization == Answers.Basic("user", "pass:word")
                ? context.JsonAsync("""{"tags":["a"]}""")
                : context.ChallengeAsync("Basic realm=\"a, b\""));
        using var config = TemporaryConfig.For(server.Host, "user", "pass:word");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await client.ListTagsAsync(server.Host, "a/b");
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.Equal(["", Answers.Basic("user", "pass:word"), Answers.Basic("user", "pass:word")], server.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task Credentials_of_another_host_are_not_sent()
    {
        await using var server = await FakeServer.StartAsync(context => context.ChallengeAsync("Basic realm=x"));
        using var config = TemporaryConfig.For("other.test", "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("anonymously", exception.Message, StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(server.Requests).Authorization);
    }

    [Fact]
    public async Task Wrong_credentials_are_tried_once_and_never_told()
    {
        await using var server = await FakeServer.StartAsync(context => context.ChallengeAsync("Basic realm=x"));
        using var config = TemporaryConfig.For(server.Host, "user", "s3cret");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Answers.Basic("user", "s3cret")[6..], exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_credentials_are_used_at_the_next_request()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Headers.Authorization == Answers.Basic("user", "new")
                ? context.JsonAsync("""{"tags":[]}""")
                : context.ChallengeAsync("Basic realm=x"));
        using var config = TemporaryConfig.For(server.Host, "user", "older");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        config.Write($$$"""{"auths":{"{{{server.Host}}}":{"username":"user","password":"new"} } }""");
        Assert.Empty(await client.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public async Task An_unknown_scheme_is_unauthorized()
    {
        await using var server = await FakeServer.StartAsync(context => context.ChallengeAsync("Negotiate YII="));
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_malformed_credentials_file_stops_the_request()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":[]}"""));
        using var config = new TemporaryConfig("{");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await Clients.FailsAsync(RegistryErrorKind.Configuration, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Empty(server.Requests);
    }
}
