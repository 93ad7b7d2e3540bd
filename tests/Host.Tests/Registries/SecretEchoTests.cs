using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Registries;

/// <summary>Whatever a server echoes, and wherever, no secret of ours is in the error.</summary>
public sealed class SecretEchoTests
{
    private const string Password = "pa ss/wörd\"1", IdentityToken = "identity+t0ken";

    private static readonly string Basic = Answers.Basic("user", Password);

    [Theory]
    [InlineData("as sent")]
    [InlineData("password")]
    [InlineData("base64 of the password")]
    [InlineData("in a URL")]
    [InlineData("in JSON")]
    [InlineData("with zero-width spaces")]
    [InlineData("after a long text")]
    public async Task Credentials_in_an_error_are_struck(string how)
    {
        var echo = how switch
        {
            "password" => Password,
            "base64 of the password" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)),
            "in a URL" => Uri.EscapeDataString(Password),
            "in JSON" => JsonSerializer.Serialize(Password),
            "with zero-width spaces" => string.Join('\u200b', Password.AsEnumerable()),
            "after a long text" => new string('x', 290) + Basic,
            _ => $"Authorization: {Basic}",
        };
        await FailsWithoutSecretsAsync(context => context.JsonAsync(JsonSerializer.Serialize(
            new { errors = new[] { new { code = $"NO {echo}", message = $"you sent {echo}, and that is wrong" } } }), 403));
    }

    [Fact]
    public Task Credentials_in_what_should_be_JSON_are_struck() =>
        FailsWithoutSecretsAsync(context => context.JsonAsync($$"""{"tags":[{{context.Request.Headers.Authorization}}]}"""));

    [Fact]
    public Task Credentials_in_a_link_are_struck() => FailsWithoutSecretsAsync(context =>
    {
        context.Response.Headers.Append("Link", context.Request.Headers.Authorization);
        return context.JsonAsync("""{"tags":[]}""");
    });

    [Fact]
    public Task Credentials_in_the_link_to_the_next_page_are_struck() => FailsWithoutSecretsAsync(context =>
    {
        if (context.Request.Query.ContainsKey("last")) return context.StatusAsync(400);
        context.Response.Headers.Append("Link", $"</v2/{Basic[6..].Replace("=", "", StringComparison.Ordinal)}?last=a>; rel=next");
        return context.JsonAsync("""{"tags":["a"]}""");
    });

    [Fact]
    public Task Credentials_in_a_redirect_are_struck() => FailsWithoutSecretsAsync(context =>
        context.StatusAsync(302, ("Location", $"http://elsewhere.test/{Uri.EscapeDataString(Password)}")));

    [Fact]
    public Task Credentials_in_a_realm_are_struck() => FailsWithoutSecretsAsync(
        context => context.ChallengeAsync($"Bearer realm=\"https://{IdentityToken.Replace('+', '-')}.test/\",service=\"s\""), first: true);

    [Fact]
    public async Task Credentials_in_a_broken_status_line_are_struck()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            await connection.GetStream().ReadExactlyAsync(new byte[16]);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTX {Basic}\r\n\r\n"));
        });
        var host = $"127.0.0.1:{port}";
        using var config = TemporaryConfig.For(host, "user", JsonEncodedText.Encode(Password).ToString());
        using var client = Clients.Create(new RegistryOptions { InsecureHosts = [host], DockerConfigPath = config.Path });
        AssertWithoutSecrets(await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync(host, "a/b")));
        await serving;
    }

    [Fact]
    public async Task An_identity_token_that_the_token_server_echoes_is_struck()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            if (context.Request.Path != "/token")
            {
                await context.ChallengeAsync($"Bearer realm=\"http://{context.Request.Host}/token\",service=\"s\"");
                return;
            }

            var form = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.JsonAsync(JsonSerializer.Serialize(new { details = form }), 401);
        });
        using var config = new TemporaryConfig($$$"""{"auths":{"{{{server.Host}}}":{"identitytoken":"{{{IdentityToken}}}"} } }""");
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        AssertWithoutSecrets(exception);
        Assert.Contains("refresh_token=***", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bearer_token_that_the_registry_echoes_is_struck()
    {
        const string Token = "bearer.t0ken";
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Path == "/token" ? context.JsonAsync($$"""{"token":"{{Token}}"}""")
            : context.Request.Headers.Authorization.Count == 0
                ? context.ChallengeAsync($"Bearer realm=\"http://{context.Request.Host}/token\",service=\"s\"")
            : context.JsonAsync($$"""{"errors":[{"code":"DENIED","message":"{{context.Request.Headers.Authorization}} may not"}]}""", 403));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unauthorized, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.EndsWith("HTTP 403: DENIED: Bearer *** may not", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, exception.ToString(), StringComparison.Ordinal);
    }

    // A registry that wants a password, gets it, and answers like this.
    private static async Task FailsWithoutSecretsAsync(RequestDelegate answer, bool first = false)
    {
        await using var server = await FakeServer.StartAsync(context =>
            !first && context.Request.Headers.Authorization.Count == 0 ? context.ChallengeAsync("Basic realm=x") : answer(context));
        using var config = new TemporaryConfig(JsonSerializer.Serialize(new
        {
            auths = new Dictionary<string, object>
            {
                [server.Host] = new { username = "user", password = Password },
                ["other.test"] = new { identitytoken = IdentityToken.Replace('+', '-') },
            },
        }));
        using var client = Clients.Create(Clients.Insecure(server) with { DockerConfigPath = config.Path });
        AssertWithoutSecrets(await Assert.ThrowsAsync<RegistryException>(() => client.ListTagsAsync(server.Host, "a/b")));
    }

    // The exception as a whole, with inner ones.
    private static void AssertWithoutSecrets(RegistryException exception)
    {
        var text = $"{exception} {exception.Code} {exception.Reason}";
        var secrets = new[] { Password, Basic, IdentityToken };
        string[] forms =
        [
            .. secrets, .. secrets.Select(Uri.EscapeDataString), Basic[6..14], IdentityToken.Replace('+', '-'),
            .. secrets.Select(secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')),
            JsonEncodedText.Encode(Password).ToString(),
        ];
        Assert.All(forms, form => Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase));
    }
}
