using System.Net;
using System.Net.Sockets;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries;

public sealed class ErrorTests
{
    [Fact]
    public async Task An_error_carries_what_the_registry_says()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(
            """{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"a/b"}}]}""", 404));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.NotFound, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal((404, "NAME_UNKNOWN"), (exception.Status, exception.Code));
        Assert.Equal(
            $"Listing the tags of {server.Host}/a/b (GET http://{server.Host}/v2/a/b/tags/list): HTTP 404: NAME_UNKNOWN: repository name not known to registry",
            exception.Message);
    }

    [Theory]
    [InlineData(403, RegistryErrorKind.Unauthorized)]
    [InlineData(401, RegistryErrorKind.Unauthorized)]
    [InlineData(429, RegistryErrorKind.RateLimited)]
    [InlineData(408, RegistryErrorKind.Unavailable)]
    [InlineData(500, RegistryErrorKind.Unavailable)]
    [InlineData(503, RegistryErrorKind.Unavailable)]
    [InlineData(400, RegistryErrorKind.Protocol)]
    [InlineData(304, RegistryErrorKind.Protocol)]
    public async Task A_status_has_a_kind(int status, RegistryErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(status));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(kind, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(status, exception.Status);
    }

    [Theory]
    [InlineData("Retry-After", "17", 17)]
    [InlineData("Retry-After", "Fri, 02 Jan 2026 03:05:05 GMT", 60)]
    [InlineData("Retry-After", "Fri, 02 Jan 2026 03:00:00 GMT", 0)]
    [InlineData("Retry-After", "299", 299)]
    [InlineData("Retry-After", "301", 300)]
    [InlineData("Retry-After", "99999999999", 300)]
    [InlineData("Retry-After", "99999999999999999999999999", 300)]
    [InlineData("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT", 300)]
    [InlineData("RateLimit-Reset", "86400", 300)]
    [InlineData("X-Retry-After", "1767323055", 10)]
    [InlineData("X-RateLimit-Reset", "1798859045", 300)]
    [InlineData("RateLimit-Reset", "42", 42)]
    [InlineData("X-RateLimit-Reset", "1767323165", 120)]
    [InlineData("Retry-After", "soon", null)]
    [InlineData("X-Other", "5", null)]
    public async Task A_rate_limit_says_when_to_come_back(string header, string value, int? seconds)
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(429, (header, value)));
        using var client = Clients.Create(Clients.Insecure(server), new ManualTime());
        var exception = await Clients.FailsAsync(RegistryErrorKind.RateLimited, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), exception.RetryAfter);
    }

    [Fact]
    public async Task A_long_message_of_a_registry_becomes_one_short_line()
    {
        var text = "a\\n" + new string('x', 100_000);
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync($$"""{"errors":[{"message":"{{text[..5000]}}"}]}""", 500));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.InRange(exception.Message.Length, 300, 600);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("a\\u0000b\\u001b[31m\\u0007", "a b [31m")]
    [InlineData("a\\r\\nb\\u0085c\\u2028d\\u2029e", "a  b c d e")]
    [InlineData("\\u202eevil\\u202c\\u2066x\\u2069\\u200b\\u200f\\ufeff", "evilx")]
    [InlineData("gr\\u00fc\\u00df \\ud83d\\ude00", "grüß 😀")]
    public async Task What_a_registry_says_is_one_line_of_plain_text(string said, string told)
    {
        var body = $$"""{"errors":[{"code":"{{said}}","message":"{{said}}"}]}""";
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(body, 404));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.NotFound, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.EndsWith($"HTTP 404: {told}: {told}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(told, exception.Code);
    }

    [Theory]
    [InlineData("""{"errors":[{"code":"X","message":"\ud83d"}]}""", 429, RegistryErrorKind.RateLimited)]
    [InlineData("""{"tags":["\ud83d"]}""", 200, RegistryErrorKind.Protocol)]
    public async Task Half_a_character_is_an_error_like_others(string body, int status, RegistryErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(body, status));
        using var client = Clients.For(server);
        await Clients.FailsAsync(kind, () => client.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_unavailable()
    {
        string host;
        await using (var server = await FakeServer.StartAsync(context => context.StatusAsync(200))) host = server.Host;
        using var client = Clients.Create(new RegistryOptions { InsecureHosts = [host] });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync(host, "a/b"));
        Assert.Contains(host, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unavailable()
    {
        using var client = Clients.Create(resolve: (_, _) => Task.FromResult(Array.Empty<IPAddress>()));
        var exception = await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync("no.such.test", "a/b"));
        Assert.EndsWith(new SocketException((int)SocketError.HostNotFound).Message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_untrusted_certificate_is_unavailable_and_gets_no_request()
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(200), https: true);
        using var client = new RegistryClient(
            new RegistryOptions { UseEnvironmentProxy = false },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RegistryClient>.Instance);
        await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Plain_http_needs_the_host_to_be_listed()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":[]}"""));
        using var client = Clients.Create();
        await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => client.ListTagsAsync(server.Host, "a/b"));
        using var byHostAndPort = Clients.For(server);
        Assert.Empty(await byHostAndPort.ListTagsAsync(server.Host, "a/b"));
        using var defaultPort = Clients.Create(new RegistryOptions { InsecureHosts = ["127.0.0.1"] });
        await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => defaultPort.ListTagsAsync(server.Host, "a/b"));
        using var otherPort = Clients.Create(new RegistryOptions { InsecureHosts = ["127.0.0.1:1"] });
        await Clients.FailsAsync(RegistryErrorKind.Unavailable, () => otherPort.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public void A_malformed_host_in_the_options_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => Clients.Create(new RegistryOptions { InsecureHosts = ["http://host"] }));
        Assert.Throws<ArgumentException>(() => Clients.Create(new RegistryOptions { TrustedRealms = ["host=auth/token"] }));
        Assert.Throws<ArgumentException>(() => Clients.Create(new RegistryOptions { TrustedRealms = ["auth"] }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_does_not_end_in_time_is_a_timeout(bool headersSent)
    {
        var asked = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            if (headersSent) await context.Response.StartAsync();
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var time = new ManualTime();
        using var client = Clients.Create(Clients.Insecure(server) with { RequestTimeout = TimeSpan.FromSeconds(7) }, time);
        var call = client.ListTagsAsync(server.Host, "a/b");
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var exception = await Clients.FailsAsync(RegistryErrorKind.Timeout, () => call);
        Assert.Contains("within 7 s", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_caller_can_cancel()
    {
        var asked = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var client = Clients.For(server);
        using var cancel = new CancellationTokenSource();
        var call = client.ListTagsAsync(server.Host, "a/b", cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task One_host_gets_a_few_requests_at_once()
    {
        var (now, most) = (0, 0);
        var gate = new Lock();
        var full = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
                if (now == 3) full.TrySetResult();
            }

            await release.Task;
            lock (gate) now--;
            await context.JsonAsync("""{"tags":[]}""");
        });
        using var client = Clients.Create(Clients.Insecure(server) with { MaxConcurrentRequestsPerHost = 3 });
        var calls = Enumerable.Range(0, 20).Select(_ => client.ListTagsAsync(server.Host, "a/b")).ToList();
        await full.Task;
        release.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal((3, 20), (most, server.Requests.Count));
    }
}
