using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CacheMachine.Actors.Supervisor;

namespace CacheMachine.Host.Tests.Api;

/// <summary>A web page that somebody looks at must not use their browser to change anything.</summary>
public class BrowserTests
{
    private const string Machine = """{"name": "m", "labels": {}, "repomen": []}""";

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "https://127.0.0.1:PORT.evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "nonsense")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        await using var api = await ApiUnderTest.StartAsync(NothingIsAsked);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, method == HttpMethod.Post ? "/cachemachine/" : "/cachemachine/m");
            request.Headers.TryAddWithoutValidation(header, value.Replace("PORT", $"{api.Address.Port}", StringComparison.Ordinal));
            request.Content = method == HttpMethod.Post ? new StringContent(Machine, Encoding.UTF8, "application/json") : null;

            using var answer = await api.Http.SendAsync(request);

            var problem = await Answered.ProblemAsync(answer, 403);
            Assert.Contains("Origin", (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    public async Task A_foreign_Host_is_refused_whatever_is_asked(string host)
    {
        await using var api = await ApiUnderTest.StartAsync(NothingIsAsked);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, "/cachemachine/");
            request.Headers.Host = host;

            using var answer = await api.Http.SendAsync(request);

            Assert.Contains("http.allowed-hosts", (string)(await Answered.ProblemAsync(answer, 400))["detail"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("localhost", "auto")]
    [InlineData("LOCALHOST:80", "auto")]
    [InlineData("lab.localhost", "auto")]
    [InlineData("[::1]:8080", "auto")]
    [InlineData("10.1.2.3", "auto")]
    [InlineData("10.1.2.3:8080", "cachemachine.example.org")]
    [InlineData("cachemachine.example.org:8080", "cachemachine.example.org")]
    [InlineData("a.b.example.org", "*.example.org, other.example")]
    [InlineData("anything", "*")]
    public async Task Other_Hosts_are_the_operators_choice(string host, string allowed)
    {
        await using var api = await ApiUnderTest.StartAsync(settings: ("HTTP__ALLOWED_HOSTS", allowed));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;

        using var answer = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task In_a_cluster_requests_come_by_any_name()
    {
        await using var api = await ApiUnderTest.StartAsync(
            settings: [("KUBERNETES__IN_CLUSTER", "true"), ("HTTP__BIND_ADDRESS", "127.0.0.1")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "cachemachine.svc";

        using var answer = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Origin", "http://HOST")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task Its_own_pages_and_other_programs_are_served(string? header, string? value)
    {
        await using var api = await ApiUnderTest.StartAsync(Created);
        using var request = Post(new StringContent(Machine, Encoding.UTF8, "application/json"));
        if (header is not null)
            request.Headers.Add(header, value!.Replace("HOST", api.Address.Authority, StringComparison.Ordinal));

        using var answer = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://cachemachine.example.org", "cachemachine.example.org")]
    [InlineData("https://cachemachine.example.org", "cachemachine.example.org")]
    [InlineData("https://cachemachine.example.org", "cachemachine.example.org:443")]
    [InlineData("https://Cachemachine.example.org:8443", "cachemachine.example.org:8443")]
    public async Task A_page_that_came_through_an_ingress_is_its_own(string origin, string host)
    {
        await using var api = await ApiUnderTest.StartAsync(Created, settings: ("HTTP__ALLOWED_HOSTS", "*"));
        using var request = Post(new StringContent(Machine, Encoding.UTF8, "application/json"));
        request.Headers.Add("Origin", origin);
        request.Headers.Host = host;

        using var answer = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task A_browser_sends_JSON_as_JSON(string? type)
    {
        await using var api = await ApiUnderTest.StartAsync(NothingIsAsked);
        using var request = Post(new ByteArrayContent(Encoding.UTF8.GetBytes(Machine)));
        request.Content!.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        request.Headers.Add("Origin", $"http://{api.Address.Authority}");

        using var answer = await api.Http.SendAsync(request);

        Assert.Contains("application/json", (string)(await Answered.ProblemAsync(answer, 415))["detail"]!, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Post(HttpContent body) => new(HttpMethod.Post, "/cachemachine/") { Content = body };

    private static object Created(object question) => Answered.Status(((CreateMachine)question).Spec.Name);

    private static object? NothingIsAsked(object question) => throw new InvalidOperationException($"{question} was asked");
}
