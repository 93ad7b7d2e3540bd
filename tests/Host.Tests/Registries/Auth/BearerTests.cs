using System.Net;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class BearerTests
{
    private const string Tags = """{"tags":["a"]}""";

    [Theory]
    [InlineData("repository:a/b:pull")]
    [InlineData("repository:a/b:pull,push,delete repository:other/secret:pull registry:catalog:*")]
    [InlineData("repository:other/secret:pull")]
    public async Task A_token_is_asked_for_with_the_service_of_the_challenge_and_for_pulling_from_the_repository_alone(string scope)
    {
        await using var server = await StartAsync(scope: scope);
        using var client = Clients.For(server);
        Assert.Equal(["a"], await client.ListTagsAsync(server.Host, "a/b"));
        var token = Assert.Single(TokenRequests(server));
        Assert.Equal("/token?x=1&service=My%20own%2C%20registry&scope=repository%3Aa%2Fb%3Apull", token.Url);
        Assert.Equal("", token.Authorization);
    }

    [Fact]
    public async Task Without_a_scope_in_the_challenge_it_is_that_of_pulling()
    {
        await using var server = await StartAsync(scope: null);
        using var client = Clients.For(server);
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.EndsWith("&scope=repository%3Aa%2Fb%3Apull", Assert.Single(TokenRequests(server)).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_go_to_the_token_server_and_only_the_token_to_the_registry()
    {
        await using var server = await StartAsync();
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.Equal(["", Answers.Basic("user", "secret"), "Bearer token1"], server.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_in_a_form()
    {
        string? form = null;
        await using var server = await StartAsync(onToken: context => form = new StreamReader(context.Request.Body).ReadToEndAsync().Result);
        using var config = new TemporaryConfig($$$"""{"auths":{"{{{server.Host}}}":{"identitytoken":"s3cret"} } }""");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.Equal(("POST", "/token?x=1"), TokenRequests(server).Select(request => (request.Method, request.Url)).Single());
        Assert.Contains("grant_type=refresh_token", form, StringComparison.Ordinal);
        Assert.Contains("refresh_token=s3cret", form, StringComparison.Ordinal);
        Assert.Contains("scope=repository%3Aa%2Fb%3Apull", form, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"token":"TOKEN"}""", 54)]
    [InlineData("""{"access_token":"TOKEN"}""", 54)]
    [InlineData("""{"token":"TOKEN","expires_in":300}""", 270)]
    [InlineData("""{"token":"TOKEN","expires_in":3600}""", 3570)]
    [InlineData("""{"token":"TOKEN","expires_in":0}""", 54)]
    public async Task A_token_is_used_until_shortly_before_it_expires(string answer, int usableSeconds)
    {
        await using var server = await StartAsync(token: answer);
        var time = new ManualTime();
        using var client = Clients.Create(Clients.Insecure(server), time);
        await client.ListTagsAsync(server.Host, "a/b");
        time.Advance(TimeSpan.FromSeconds(usableSeconds - 1));
        await client.GetDigestAsync(server.Host, "a/b", "t");
        Assert.Single(TokenRequests(server));
        time.Advance(TimeSpan.FromSeconds(1));
        await client.ListTagsAsync(server.Host, "a/b");
        Assert.Equal(2, TokenRequests(server).Count());

        // Renewed by itself, before the registry had to reject the old one.
        Assert.Single(server.Requests, request => request.Authorization.Length == 0 && !request.Url.StartsWith("/token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_repository_has_its_own_token()
    {
        await using var server = await StartAsync();
        using var client = Clients.For(server);
        await client.ListTagsAsync(server.Host, "a/b");
        await client.ListTagsAsync(server.Host, "a/c");
        Assert.Equal(2, TokenRequests(server).Count());
    }

    [Fact]
    public async Task Many_requests_at_once_share_one_token_request()
    {
        await using var server = await StartAsync();
        using var client = Clients.For(server);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.ListTagsAsync(server.Host, "a/b")));
        Assert.Single(TokenRequests(server));
    }

    [Fact]
    public async Task A_rejected_token_is_replaced_once()
    {
        var valid = "token1";
        await using var server = await StartAsync(isValid: token => token == valid);
        using var client = Clients.For(server);
        await client.ListTagsAsync(server.Host, "a/b");
        valid = "token2";
        Assert.Equal(["a"], await client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(2, TokenRequests(server).Count());

        valid = "none";
        await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(3, TokenRequests(server).Count());
    }

    [Theory]
    [InlineData(401, RegistryErrorKind.Unauthorized)]
    [InlineData(429, RegistryErrorKind.RateLimited)]
    [InlineData(503, RegistryErrorKind.Unavailable)]
    public async Task A_failure_of_the_token_server_is_told_as_such_and_tried_again_later(int status, RegistryErrorKind kind)
    {
        var failing = true;
        await using var server = await StartAsync(onToken: context =>
        {
            if (failing) context.Response.StatusCode = status;
        });
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(kind, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("/token)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Getting a token", exception.Message, StringComparison.Ordinal);
        failing = false;
        Assert.Equal(["a"], await client.ListTagsAsync(server.Host, "a/b"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("s3cret")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"s3cret\r\nX: y"}""")]
    [InlineData("""{"token":7}""")]
    public async Task An_answer_without_a_usable_token_is_an_error(string answer)
    {
        await using var server = await StartAsync(token: answer);
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_without_a_valid_realm_is_an_error()
    {
        await using var server = await FakeServer.StartAsync(context => context.ChallengeAsync("Bearer realm=\"/token\""));
        using var client = Clients.For(server);
        await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public async Task A_foreign_token_server_gets_no_credentials_unless_it_is_trusted()
    {
        await using var server = await StartAsync(https: true, realmHost: "auth.other.test");
        using var config = TemporaryConfig.For($"registry.test:{server.Port}", "user", "secret");
        var options = new RegistryOptions { DockerConfigPath = config.Path };
        var entry = $"registry.test:{server.Port}=auth.other.test:{server.Port}";

        string[][] others =
        [
            [], [$"other.test=auth.other.test:{server.Port}"], ["registry.test=auth.other.test"],
            [$"registry.test:{server.Port}=auth.other.test"],
        ];
        foreach (var realms in others)
        {
            using var distrusting = Clients.Create(options with { TrustedRealms = realms });
            var call = () => distrusting.ListTagsAsync($"registry.test:{server.Port}", "a/b");
            var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, call);
            Assert.Contains($"if it does, add \"{entry}\" to registry.trusted-realms", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(TokenRequests(server));
        using var trusting = Clients.Create(options with { TrustedRealms = [entry] });
        Assert.Equal(["a"], await trusting.ListTagsAsync($"registry.test:{server.Port}", "a/b"));
        Assert.Equal(Answers.Basic("user", "secret"), Assert.Single(TokenRequests(server)).Authorization);
    }

    [Fact]
    public async Task A_foreign_token_server_may_be_asked_anonymously_over_https()
    {
        await using var server = await StartAsync(https: true, realmHost: "auth.other.test");
        using var client = Clients.Create();
        Assert.Equal(["a"], await client.ListTagsAsync($"registry.test:{server.Port}", "a/b"));
        Assert.Equal("", Assert.Single(TokenRequests(server)).Authorization);
    }

    [Fact]
    public async Task A_token_server_without_tls_is_refused()
    {
        await using var plain = await FakeServer.StartAsync(context => context.JsonAsync("""{"token":"t"}"""));
        await using var server = await FakeServer.StartAsync(context => context.ChallengeAsync($"Bearer realm=\"http://{plain.Host}/token\""), https: true);
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(new RegistryOptions { DockerConfigPath = config.Path });
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Empty(plain.Requests);
    }

    // Another port of one host may be somebody else's.
    [Fact]
    public async Task Credentials_of_one_port_do_not_go_to_a_token_server_at_another()
    {
        await using var other = await FakeServer.StartAsync(context => context.JsonAsync("""{"token":"t"}"""));
        await using var server = await FakeServer.StartAsync(context =>
            context.ChallengeAsync($"Bearer realm=\"http://{other.Host}/token\",service=\"x\""));
        using var config = TemporaryConfig.For(server.Host, "user", "secret");
        using var client = Clients.Create(Clients.Insecure(server, other) with { DockerConfigPath = config.Path });
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_link_local_token_server_is_refused()
    {
        await using var server = await StartAsync(https: true, realmHost: "metadata.test");
        using var client = Clients.Create(resolve: (host, _) =>
            Task.FromResult(new[] { host == "metadata.test" ? IPAddress.Parse("169.254.169.254") : IPAddress.Loopback }));
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync($"registry.test:{server.Port}", "a/b"));
    }

    [Fact]
    public async Task Docker_hub_is_asked_at_its_api_host()
    {
        var resolved = new HashSet<string>();
        using var client = Clients.Create(resolve: (host, _) =>
        {
            resolved.Add(host);
            return Task.FromResult(new[] { IPAddress.Parse("169.254.1.1") });
        });
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync("docker.io", "a/b"));
        await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync("registry.hub.docker.com", "a/b"));
        Assert.Equal(["registry-1.docker.io", "registry.hub.docker.com"], resolved.Order());
    }

    private static IEnumerable<RecordedRequest> TokenRequests(FakeServer server) =>
        server.Requests.Where(request => request.Url.StartsWith("/token", StringComparison.Ordinal));

    // A registry with its own token server at /token. TOKEN in the answer becomes token1, token2 and so on.
    private static async Task<FakeServer> StartAsync(
        string? scope = "repository:a/b:pull",
        string token = """{"token":"TOKEN"}""",
        Func<string, bool>? isValid = null,
        Action<HttpContext>? onToken = null,
        bool https = false,
        string? realmHost = null)
    {
        var count = 0;
        return await FakeServer.StartAsync(
            async context =>
            {
                if (context.Request.Path == "/token")
                {
                    onToken?.Invoke(context);
                    if (context.Response.StatusCode != 200) return;
                    await context.Response.WriteAsync(token.Replace("TOKEN", $"token{Interlocked.Increment(ref count)}", StringComparison.Ordinal));
                    return;
                }

                var authorization = context.Request.Headers.Authorization.ToString();
                if (!authorization.StartsWith("Bearer token", StringComparison.Ordinal) || isValid?.Invoke(authorization[7..]) == false)
                {
                    var host = realmHost is null ? context.Request.Host.ToString() : $"{realmHost}:{context.Request.Host.Port}";
                    await context.ChallengeAsync(
                        $"Bearer realm=\"{context.Request.Scheme}://{host}/token?x=1\",service=\"My own, registry\""
                        + (scope is null ? "" : $",scope=\"{scope}\""));
                    return;
                }

                if (context.Request.Method == "HEAD") context.Response.Headers.Append("Docker-Content-Digest", "sha256:" + new string('a', 64));
                else await context.JsonAsync(Tags);
            },
            https);
    }
}
