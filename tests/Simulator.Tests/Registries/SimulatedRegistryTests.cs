using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Tests.Conformance;

namespace CacheMachine.Simulator.Tests.Registries;

public sealed class SimulatedRegistryTests : IAsyncLifetime
{
    private const string Index = "application/vnd.oci.image.index.v1+json";

    private readonly ManualTime _time = new();
    private SimulatedRegistry _registry = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _registry = new SimulatedRegistry(0, _time);
        await _registry.StartAsync(CancellationToken.None);
        _http = new HttpClient { BaseAddress = new Uri($"http://{_registry.Host}") };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task The_digest_is_that_of_the_bytes_served_by_tag_and_by_digest()
    {
        var digest = _registry.Push("lab/x", "1", 1000);

        using var byTag = await Send("GET", "/v2/lab/x/manifests/1", Index);
        using var byDigest = await Send("HEAD", $"/v2/lab/x/manifests/{digest}", Index);

        Assert.Equal(digest, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await byTag.Content.ReadAsByteArrayAsync())));
        Assert.Equal(digest, byTag.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(digest, byDigest.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(Index, byTag.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await byDigest.Content.ReadAsByteArrayAsync());
        Assert.Equal(byTag.Content.Headers.ContentLength, byDigest.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_client_that_accepts_no_index_gets_the_manifest_of_a_platform_with_another_digest()
    {
        var digest = _registry.Push("lab/x", "1", 1000);

        using var answer = await Send("GET", "/v2/lab/x/manifests/1", "application/vnd.oci.image.manifest.v1+json");

        Assert.NotEqual(digest, answer.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(1000, (await Json(answer))["layers"]![0]!["size"]!.GetValue<int>());
    }

    [Fact]
    public async Task Tags_come_in_pages_that_link_to_the_next()
    {
        foreach (var tag in (string[])["c", "a", "e", "b", "d"])
            _registry.Push("lab/x", tag, 1);

        var tags = new List<string>();
        var next = "/v2/lab/x/tags/list?n=2";
        var pages = 0;
        while (next is not null)
        {
            using var page = await Send("GET", next);
            tags.AddRange((await Json(page))["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0].TrimStart('<') : null;
            pages++;
        }

        Assert.Equal(["a", "b", "c", "d", "e"], tags);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("/v2/nothing/tags/list", "NAME_UNKNOWN")]
    [InlineData("/v2/nothing/manifests/1", "NAME_UNKNOWN")]
    [InlineData("/v2/lab/x/manifests/nothing", "MANIFEST_UNKNOWN")]
    public async Task What_is_not_there_has_a_code(string path, string code)
    {
        _registry.Push("lab/x", "1", 1);

        using var answer = await Send("GET", path, Index);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(code, (await Json(answer))["errors"]![0]!.String("code"));
    }

    [Fact]
    public async Task A_bearer_registry_sends_to_its_token_endpoint_and_the_token_expires()
    {
        _registry.Push("lab/x", "1", 1);
        _registry.RequireAuth(RegistryAuthScheme.Bearer, "user", "word", TimeSpan.FromSeconds(60));
        using var refused = await Send("GET", "/v2/lab/x/tags/list");
        var challenge = refused.Headers.WwwAuthenticate.Single();
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Equal($"realm=\"http://{_registry.Host}/token\",service=\"simulated registry, v2\",scope=\"repository:lab/x:pull\"", challenge.Parameter);

        using var wrong = await Send("GET", "/token?service=simulated%20registry%2C%20v2&scope=repository%3Alab%2Fx%3Apull");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("user:word"u8));
        using var right = await Send("GET", "/token?service=simulated%20registry%2C%20v2&scope=repository%3Alab%2Fx%3Apull");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await Json(right)).String("token"));
        using var served = await Send("GET", "/v2/lab/x/tags/list");
        using var otherScope = await Send("GET", "/v2/lab/y/tags/list");
        _time.Advance(TimeSpan.FromSeconds(61));
        using var expired = await Send("GET", "/v2/lab/x/tags/list");

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, otherScope.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, expired.StatusCode);
    }

    [Fact]
    public async Task Too_many_requests_are_refused_until_the_window_is_over()
    {
        _registry.Push("lab/x", "1", 1);
        _registry.Troubles.LimitRate(1, TimeSpan.FromSeconds(30));

        using var first = await Send("GET", "/v2/lab/x/tags/list");
        using var second = await Send("GET", "/v2/lab/x/tags/list");
        _time.Advance(TimeSpan.FromSeconds(30));
        using var third = await Send("GET", "/v2/lab/x/tags/list");

        Assert.Equal([200, 429, 200], new[] { first, second, third }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(30), second.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Troubles_come_and_go_on_command()
    {
        _registry.Push("lab/x", "1", 1);
        _registry.Push("lab/y", "1", 1);
        _registry.Troubles.Fail(HttpStatusCode.BadGateway, "lab/x");
        using var failing = await Send("GET", "/v2/lab/x/tags/list");
        using var other = await Send("GET", "/v2/lab/y/tags/list");
        _registry.Troubles.Fail(null, "lab/x");
        _registry.Troubles.EmptyTagLists = true;
        using var empty = await Send("GET", "/v2/lab/x/tags/list");

        Assert.Equal((502, 200), ((int)failing.StatusCode, (int)other.StatusCode));
        Assert.Empty((await Json(empty))["tags"]!.AsArray());
        Assert.Equal(3, _registry.Requests["tags"]);
    }

    [Fact]
    public void The_demo_has_a_recommended_tag_that_is_the_newest_release()
    {
        RubinDemo.Seed(_registry, "lsstsqre/sciplat-lab");

        Assert.InRange(_registry.Tags("lsstsqre/sciplat-lab").Count, 38, 50);
        Assert.NotNull(_registry.Digest("lsstsqre/sciplat-lab", "recommended"));
        Assert.Equal(_registry.Digest("lsstsqre/sciplat-lab", "r23_0_0"), _registry.Digest("lsstsqre/sciplat-lab", "recommended"));
    }

    private async Task<HttpResponseMessage> Send(string method, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return await _http.SendAsync(request);
    }

    private static async Task<JsonNode> Json(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
