using System.Net;
using CacheMachine.Actors;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Registries;

/// <summary>What the actors, and through them users of the API, are told.</summary>
public sealed class RegistryApiTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_registry_that_wants_to_be_left_alone_for_ever_is_asked_again_after_some_minutes()
    {
        var limited = true;
        await using var server = await FakeServer.StartAsync(context =>
            limited ? context.StatusAsync(429, ("Retry-After", "99999999999")) : context.JsonAsync("""{"tags":["a"]}"""));
        using var client = Clients.Create(Clients.Insecure(server) with { RetryAfterMax = TimeSpan.FromMinutes(3) }, _time);
        var api = new RegistryApi(client, _time);

        var first = await FailsAsync(api, server.Host);
        Assert.Equal((TimeSpan.FromMinutes(3), server.Host), (first.RetryAfter, first.LimitedBy));

        // Nobody asks meanwhile, whatever for; then it is tried.
        _time.Advance(TimeSpan.FromMinutes(2));
        var second = await Assert.ThrowsAsync<PortException>(() => api.GetDigestAsync(server.Host, "other", "t", default));
        Assert.Equal((TimeSpan.FromMinutes(1), server.Host), (second.RetryAfter, second.LimitedBy));
        Assert.Equal(first.Reason, second.Reason);
        Assert.Single(server.Requests);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(3), (await FailsAsync(api, server.Host)).RetryAfter);
        Assert.Equal(2, server.Requests.Count);

        limited = false;
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(["a"], await api.ListTagsAsync(server.Host, "a/b", default));
    }

    [Fact]
    public async Task Of_a_host_that_only_a_user_names_it_is_not_told_what_is_there()
    {
        string closed;
        await using (var gone = await FakeServer.StartAsync(context => context.StatusAsync(200))) closed = gone.Host;
        await using var page = await FakeServer.StartAsync(context => context.Response.WriteAsync("<html>"), https: true);
        await using var missing = await FakeServer.StartAsync(context => context.StatusAsync(404), https: true);
        await using var login = await FakeServer.StartAsync(context => context.ChallengeAsync("Basic realm=\"router\""), https: true);
        await using var moved = await FakeServer.StartAsync(
            context => context.StatusAsync(302, ("Location", $"https://{closed}/")), https: true);
        await using var broken = await FakeServer.StartAsync(context => context.StatusAsync(503, ("Retry-After", "60")), https: true);
        await using var json = await FakeServer.StartAsync(
            context => context.JsonAsync("""{"kind":"Status","message":"forbidden"}""", 403), https: true);
        await using var plain = await FakeServer.StartAsync(context => context.StatusAsync(200));
        await using var busy = await FakeServer.StartAsync(context => context.StatusAsync(429), https: true);
        using var client = Clients.Create(resolve: (_, _) => Task.FromResult(Array.Empty<IPAddress>()));
        var api = new RegistryApi(client, TimeProvider.System);

        FakeServer[] open = [page, missing, login, moved, broken, json, plain, busy];
        foreach (var host in open.Select(server => server.Host).Concat([closed, "no.such.test"]))
        {
            var failure = await FailsAsync(api, host);
            Assert.Equal($"the registry {host} cannot be reached, or is not a registry; the log says more", failure.Message);
            Assert.Contains(host, failure.Detail, StringComparison.Ordinal);
            if (host != busy.Host) Assert.Null(failure.RetryAfter);
        }
    }

    [Fact]
    public async Task A_time_out_is_not_told_either()
    {
        var asked = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            },
            https: true);
        using var client = Clients.Create(time: _time);
        var call = new RegistryApi(client, _time).ListTagsAsync(server.Host, "a/b", default);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<PortException>(() => call);
        Assert.Equal($"the registry {server.Host} cannot be reached, or is not a registry; the log says more", failure.Message);
        Assert.Contains("no complete answer within 30 s", failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("code")]
    [InlineData("token server")]
    public async Task What_a_registry_says_is_told(string shownBy)
    {
        await using var server = await FakeServer.StartAsync(
            context =>
            {
                if (shownBy == "header") context.Response.Headers.Append("Docker-Distribution-Api-Version", "registry/2.0");
                return shownBy switch
                {
                    "code" => context.JsonAsync("""{"errors":[{"code":"DENIED","message":"no"}]}""", 403),
                    "token server" when context.Request.Path == "/token" => context.JsonAsync("""{"token":"t"}"""),
                    "token server" => context.ChallengeAsync($"Bearer realm=\"https://{context.Request.Host}/token\",service=\"s\""),
                    _ => context.StatusAsync(403),
                };
            },
            https: true);
        using var client = Clients.Create();
        var failure = await FailsAsync(new RegistryApi(client, TimeProvider.System), server.Host);
        Assert.Contains("HTTP 40", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Message, failure.Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_found_at_a_host_that_an_operator_chose_is_told(bool byCredentials)
    {
        string host;
        await using (var gone = await FakeServer.StartAsync(context => context.StatusAsync(200))) host = gone.Host;
        using var config = TemporaryConfig.For(byCredentials ? host : "other.test", "user", "secret");
        var options = new RegistryOptions { DockerConfigPath = config.Path };
        using var client = Clients.Create(byCredentials ? options : options with { InsecureHosts = [host] });
        var failure = await FailsAsync(new RegistryApi(client, TimeProvider.System), host);
        Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
    }

    // A registry of a user's own must not look for ports on our behalf.
    [Theory]
    [InlineData("redirect")]
    [InlineData("token server")]
    public async Task Where_a_registry_sends_us_is_not_told(string how)
    {
        string closed;
        await using (var gone = await FakeServer.StartAsync(context => context.StatusAsync(200))) closed = gone.Host;
        await using var server = await FakeServer.StartAsync(
            context => how == "redirect"
                ? context.StatusAsync(307, ("Location", $"https://{closed}/"))
                : context.ChallengeAsync($"Bearer realm=\"https://{closed}/token\",service=\"s\""),
            https: true);
        using var client = Clients.Create();
        var failure = await FailsAsync(new RegistryApi(client, TimeProvider.System), server.Host);
        Assert.DoesNotContain(closed, failure.Message, StringComparison.Ordinal);
        Assert.Contains(closed, failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_stays_the_same_while_the_trouble_does()
    {
        var count = 0;
        await using var server = await FakeServer.StartAsync(context =>
            context.JsonAsync($$"""{"errors":[{"code":"UNAVAILABLE","message":"request {{++count}}"}]}""", 503));
        using var client = Clients.For(server);
        var api = new RegistryApi(client, TimeProvider.System);
        var (first, second) = (await FailsAsync(api, server.Host), await FailsAsync(api, server.Host));
        Assert.NotEqual(first.Message, second.Message);
        Assert.Equal(("HTTP 503: UNAVAILABLE", "HTTP 503: UNAVAILABLE"), (first.Reason, second.Reason));
    }

    private static Task<PortException> FailsAsync(RegistryApi api, string registry) =>
        Assert.ThrowsAsync<PortException>(() => api.ListTagsAsync(registry, "a/b", default));
}
