using System.Net.Http.Headers;
using System.Text;
using CacheMachine.Host.Api;

namespace CacheMachine.Host.Tests.Api;

/// <summary>Every error has a body that says what is wrong, also those that Kestrel and the routing make themselves.</summary>
public class ErrorBodyTests
{
    [Theory]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nbroken header\r\n\r\n", 400)]
    [InlineData("GET / HTTP/9.1\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("POST /cachemachine/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: minus\r\n\r\n", 400)]
    public async Task What_is_no_request(string request, int status)
    {
        await using var api = await ApiUnderTest.StartAsync();

        Answered.Problem(await api.SayAsync(request), status);
    }

    [Fact]
    public async Task A_request_line_that_is_too_long() => await RefusedAsync($"GET /{new string('a', 9000)} HTTP/1.1\r\n", 414);

    [Fact]
    public async Task Headers_that_are_too_long() =>
        await RefusedAsync($"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {new string('a', 40_000)}\r\n", 431);

    [Fact]
    public async Task Too_many_headers() =>
        await RefusedAsync($"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 200))}", 431);

    [Fact]
    public async Task The_second_request_of_a_connection()
    {
        await using var api = await ApiUnderTest.StartAsync();

        var said = await api.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n");

        Answered.Problem(said[said.IndexOf("HTTP/1.1 400", StringComparison.Ordinal)..], 400);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, null)]
    [InlineData("GET", "/cachemachine/a/b/c", 404, null)]
    [InlineData("HEAD", "/nothing", 404, null)]
    [InlineData("PUT", "/cachemachine/", 405, "GET, HEAD, POST")]
    [InlineData("PATCH", "/cachemachine/m", 405, "DELETE, GET, HEAD")]
    [InlineData("POST", "/", 405, "GET, HEAD")]
    public async Task What_the_API_does_not_have(string method, string path, int status, string? allow)
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        // As a browser asks.
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        using var answer = await api.Http.SendAsync(request);

        Assert.Equal(allow ?? "", string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        if (method == "HEAD")
            Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        else
            await Answered.ProblemAsync(answer, status);
    }

    [Fact]
    public void Other_answers_stay_as_they_are()
    {
        string[] others =
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\nx",
            "HTTP/1.1 4",
            "",
        ];
        Assert.All(others, answer => Assert.Null(RefusalBodies.WithBody(Encoding.ASCII.GetBytes(answer))));
    }

    // The server may close the connection while the client still sends, so the request has no more than makes it too long.
    private static async Task RefusedAsync(string request, int status)
    {
        await using var api = await ApiUnderTest.StartAsync();
        Answered.Problem(await api.SayAsync(request), status);
    }
}
