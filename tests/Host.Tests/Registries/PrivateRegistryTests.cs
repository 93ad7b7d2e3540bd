using CacheMachine.Actors;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Tests.Registries.Doubles;
using CacheMachine.Host.Tests.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Registries;

/// <summary>A private registry with a token server beside it, from a configuration file to the answers.</summary>
public sealed class PrivateRegistryTests : IAsyncLifetime
{
    private static readonly string Digest = "sha256:" + new string('d', 64);

    private readonly TemporaryConfig _credentials = new();
    private FakeServer _registry = null!, _tokens = null!;

    public async Task InitializeAsync()
    {
        _tokens = await FakeServer.StartAsync(context =>
            context.Request.Headers.Authorization != Answers.Basic("puller", "s3cret")
                ? context.JsonAsync("""{"details":"incorrect username or password"}""", 401)
            : context.Request.QueryString.ToString() != "?service=private&scope=repository%3Alab%2Fimages%3Apull" ? context.StatusAsync(400)
            : context.JsonAsync("""{"token":"t0ken","expires_in":300}"""));
        _registry = await FakeServer.StartAsync(Registry);
        Write("s3cret");
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _tokens.DisposeAsync();
        _credentials.Dispose();
    }

    [Fact]
    public async Task Its_tags_and_digests_are_read_with_the_credentials_that_go_to_its_token_server_alone()
    {
        using var client = Client($"""trusted-realms = ["{_registry.Host}={_tokens.Host}"]""");
        var api = new RegistryApi(client, TimeProvider.System);

        Assert.Equal(["one", "two"], await api.ListTagsAsync(_registry.Host, "lab/images", default));
        Assert.Equal(Digest, await api.GetDigestAsync(_registry.Host, "lab/images", "one", default));

        Assert.Equal(Answers.Basic("puller", "s3cret"), Assert.Single(_tokens.Requests).Authorization);
        Assert.Equal(["", "Bearer t0ken", "Bearer t0ken"], _registry.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task Without_the_setting_the_error_says_how_to_set_it()
    {
        using var client = Client("");
        var api = new RegistryApi(client, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<PortException>(() => api.ListTagsAsync(_registry.Host, "lab/images", default));
        var advice = $"; if it does, add \"{_registry.Host}={_tokens.Host}\" to registry.trusted-realms";
        Assert.EndsWith(advice, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_tokens.Requests);
    }

    [Fact]
    public async Task Wrong_credentials_are_said_in_the_token_servers_words()
    {
        Write("wr0ng");
        using var client = Client($"""trusted-realms = ["{_registry.Host}={_tokens.Host}"]""");
        var api = new RegistryApi(client, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<PortException>(() => api.ListTagsAsync(_registry.Host, "lab/images", default));
        Assert.Contains("/): HTTP 401: incorrect username or password", failure.Message, StringComparison.Ordinal);
    }

    private Task Registry(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer t0ken")
        {
            return context.ChallengeAsync(
                $"Bearer realm=\"http://{_tokens.Host}/\",service=\"private\",scope=\"repository:lab/images:pull,push\"");
        }

        context.Response.Headers.Append("Docker-Content-Digest", Digest);
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.JsonAsync("""{"name":"lab/images","tags":["one","two"]}""");
    }

    private void Write(string password) =>
        _credentials.Write($$$"""{"auths":{"{{{_registry.Host}}}":{"username":"puller","password":"{{{password}}}"} } }""");

    private RegistryClient Client(string setting)
    {
        var file = Path.Combine(_credentials.Folder, "test.conf");
        File.WriteAllText(file, $$"""
            cachemachine.registry {
              credentials-file = "{{_credentials.Path}}"
              insecure-hosts = ["{{_registry.Host}}", "{{_tokens.Host}}"]
              environment-proxy = false
              {{setting}}
            }
            """);
        var settings = HostSettings.From(HostConfiguration.Build(
            AppContext.BaseDirectory, [file], Variables.None,
            new Dictionary<string, string?> { ["cachemachine:kubernetes:kubeconfig"] = "/kubeconfig" }));
        Assert.Empty(settings.Faults);
        return new RegistryClient(settings.Settings!.Registry.ToOptions(), TimeProvider.System, NullLogger<RegistryClient>.Instance);
    }
}
