using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Http;

public class ErrorTests
{
    private static readonly DaemonSet Sent = new(new ObjectMeta(Name: "pull-1", Namespace: "ns"));

    [Fact]
    public async Task An_existing_name_is_a_value_that_names_verb_resource_and_object()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Status(409, "AlreadyExists", """daemonsets.apps \"pull-1\" already exists"""));
        using var client = api.Client();

        var result = await client.DaemonSets("ns").CreateAsync(Sent, default);

        Assert.False(result.IsSuccess);
        Assert.True(result.IsAlreadyExists);
        Assert.False(result.IsConflict);
        Assert.Equal("create daemonsets.apps ns/pull-1: 409 AlreadyExists: daemonsets.apps \"pull-1\" already exists", result.ToString());
        var thrown = Assert.Throws<KubernetesApiException>(() => result.ValueOrThrow());
        Assert.Same(result.Error, thrown.Error);
    }

    [Fact]
    public async Task Conflict_and_not_found_are_told_apart()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Status(409, "Conflict", "the object has been modified"), Answers.Status(404, "NotFound", "not found"));
        using var client = api.Client();
        var lease = new Lease(new ObjectMeta(Name: "shard-1", Namespace: "ns", ResourceVersion: "4"));

        Assert.True((await client.Leases("ns").ReplaceAsync(lease, default)).IsConflict);
        var gone = await client.DaemonSets("ns").DeleteAsync("pull-1", null, default);
        Assert.True(gone.IsNotFound);
        Assert.Equal("delete daemonsets.apps ns/pull-1: 404 NotFound: not found", gone.ToString());
    }

    [Fact]
    public async Task The_faulty_fields_of_an_invalid_object_are_kept()
    {
        const string status = """
            {"kind":"Status","status":"Failure","message":"DaemonSet is invalid","reason":"Invalid","code":422,
            "details":{"name":"pull-1","group":"apps","kind":"DaemonSet","causes":[
            {"reason":"FieldValueInvalid","message":"Invalid value: \"A\"","field":"metadata.name"}]}}
            """;
        await using var api = await FakeApi.ScriptAsync(Answers.Json(422, status));
        using var client = api.Client();

        var error = (await client.DaemonSets("ns").CreateAsync(Sent, default)).Error!;

        Assert.Equal(ApiErrorReason.Invalid, error.Reason);
        Assert.Equal("metadata.name", error.Details!.Causes!.Single().Field);
        Assert.EndsWith("DaemonSet is invalid [metadata.name: Invalid value: \"A\"]", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_described_and_not_taken_for_an_answer()
    {
        await using var api = await FakeApi.ScriptAsync(async context =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentType = "text/html";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<html>\n<h1>Bad   Gateway</h1>" + new string('x', 100_000));
        });
        using var client = api.Client();

        var error = (await client.Pods("ns").GetAsync("p", default)).Error!;

        Assert.Equal(502, error.HttpStatus);
        Assert.StartsWith("get pods ns/p: 502 Unknown: the answer is no Kubernetes Status; text/html, begins: <html> <h1>Bad Gateway", error.ToString(), StringComparison.Ordinal);
        Assert.True(error.ToString().Length < 400);
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("""{"kind":"Pod"}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_success_with_a_body_that_is_no_object_is_an_error(string body)
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(200, body));
        using var client = api.Client();

        var error = (await client.Pods("ns").GetAsync("p", default)).Error!;

        Assert.Equal(ApiErrorReason.Malformed, error.Reason);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(302, "", ("Location", "/elsewhere")));
        using var client = api.Client();

        var error = (await client.Pods("ns").GetAsync("p", default)).Error!;

        Assert.Equal(302, error.HttpStatus);
        Assert.Contains("redirect", error.Message, StringComparison.Ordinal);
        Assert.Single(api.Seen);
    }

    [Fact]
    public async Task A_read_is_repeated_once_after_a_short_retry_after()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "0")),
            Answers.Json(200, """{"metadata":{"name":"p"}}"""));
        using var client = api.Client();

        Assert.Equal("p", (await client.Pods("ns").GetAsync("p", default)).ValueOrThrow().Metadata.Name);
    }

    [Fact]
    public async Task A_write_is_never_repeated_for_429_and_a_long_wait_is_the_callers()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "0")),
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "60")));
        using var client = api.Client();

        var write = await client.DaemonSets("ns").CreateAsync(Sent, default);
        Assert.Equal(ApiErrorReason.TooManyRequests, write.Error!.Reason);
        Assert.Equal(TimeSpan.Zero, write.Error.RetryAfter);
        var read = await client.Pods("ns").GetAsync("p", default);
        Assert.Equal(TimeSpan.FromSeconds(60), read.Error!.RetryAfter);
        Assert.EndsWith("the server asks to wait 60 s", read.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, api.Seen.Count);
    }

    [Fact]
    public async Task No_answer_in_time_says_that_the_outcome_of_a_write_is_not_known()
    {
        await using var api = await FakeApi.StartAsync(context => context.UntilGoneAsync());
        using var client = api.Client(new KubernetesClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(150) });

        var error = (await client.DaemonSets("ns").CreateAsync(Sent, default)).Error!;

        Assert.Equal(ApiErrorReason.ClientTimeout, error.Reason);
        Assert.True(error.OutcomeUnknown);
        Assert.Equal(
            "create daemonsets.apps ns/pull-1: ClientTimeout: no complete answer within 0.15 s; whether the server carried it out is not known",
            error.ToString());
        Assert.False((await client.Pods("ns").GetAsync("p", default)).Error!.OutcomeUnknown);
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown()
    {
        await using var api = await FakeApi.StartAsync(context => context.UntilGoneAsync());
        using var client = api.Client();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Pods("ns").GetAsync("p", stop.Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_value()
    {
        var api = await FakeApi.ScriptAsync();
        using var client = api.Client();
        await api.DisposeAsync();

        var result = await client.DaemonSets("ns").CreateAsync(Sent, default);

        Assert.Equal(ApiErrorReason.Unreachable, result.Error!.Reason);
        Assert.StartsWith("create daemonsets.apps ns/pull-1: Unreachable: ", result.ToString(), StringComparison.Ordinal);
        // No connection, so nothing can have happened.
        Assert.False(result.Error.OutcomeUnknown);
    }
}
