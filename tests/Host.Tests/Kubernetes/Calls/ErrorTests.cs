using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Tests.Kubernetes.Support;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Kubernetes.Calls;

public sealed class ErrorTests
{
    private static readonly ApiTimes Hasty = new() { Request = TimeSpan.FromMilliseconds(150) };

    [Fact]
    public async Task An_existing_name_names_verb_resource_and_object()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Status(409, "AlreadyExists", """daemonsets.apps \"pull-1\" already exists"""));

        var error = await CreateAsync(api);

        Assert.True(error.IsAlreadyExists);
        Assert.False(error.IsConflict);
        Assert.Equal("create daemonsets.apps ns/pull-1: 409 AlreadyExists: daemonsets.apps \"pull-1\" already exists", error.Message);
        Assert.Equal(error.Message, error.ToPort().Message);
    }

    [Fact]
    public async Task Conflict_and_not_found_are_told_apart()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Status(409, "Conflict", "the object has been modified"), Answers.Status(404, "NotFound", "not found"));
        using var connection = api.Connect();

        Assert.True((await FailsAsync(connection, "update", client => client.CoordinationV1.ReplaceNamespacedLeaseAsync(new V1Lease(), "pull-1", "ns"))).IsConflict);
        var gone = await FailsAsync(connection, "delete", client => client.AppsV1.DeleteNamespacedDaemonSetAsync("pull-1", "ns"));
        Assert.True(gone is { IsNotFound: true, IsFinal: true });
        Assert.Equal("delete daemonsets.apps ns/pull-1: 404 NotFound: not found", gone.Message);
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

        var error = await CreateAsync(api);

        Assert.EndsWith("422 Invalid: DaemonSet is invalid [metadata.name: Invalid value: \"A\"]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_described_and_not_taken_for_an_answer()
    {
        await using var api = await FakeApi.ScriptAsync(async context =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html>\n<h1>Bad   Gateway</h1>" + new string('x', 100_000));
        });

        var error = await ReadAsync(api);

        Assert.StartsWith(
            "get pods ns/p: 502 BadGateway: the answer is no Kubernetes Status; text/html, begins: <html> <h1>Bad Gateway", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 400);
    }

    [Fact]
    public async Task An_error_whose_body_stalls_is_given_up()
    {
        await using var api = await FakeApi.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.Body.WriteAsync("{\"kind\":"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await context.UntilGoneAsync();
        });

        Assert.Equal("get pods ns/p: ClientTimeout: no complete answer within 0.15 s", (await ReadAsync(api, Hasty)).Message);
    }

    [Fact]
    public async Task An_answer_whose_body_stalls_is_given_up_or_cancelled()
    {
        await using var api = await FakeApi.StartAsync(async context =>
        {
            await context.FramesAsync("{\"metadata\":");
            await context.UntilGoneAsync();
        });

        Assert.Equal("get pods ns/p: ClientTimeout: no complete answer within 0.15 s", (await ReadAsync(api, Hasty)).Message);
        using var connection = api.Connect();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Client.CoreV1.ReadNamespacedPodAsync("p", "ns", cancellationToken: stop.Token));
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_success_with_a_body_that_is_no_object_is_an_error(string body)
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(200, body));

        Assert.StartsWith("get pods ns/p: Malformed: ", (await ReadAsync(api)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(302, "", ("Location", "/elsewhere")));

        var error = await ReadAsync(api);

        Assert.Contains("302", error.Message, StringComparison.Ordinal);
        Assert.Contains("(a redirect is not followed)", error.Message, StringComparison.Ordinal);
        Assert.Single(api.Seen);
    }

    [Fact]
    public async Task A_read_is_repeated_once_after_a_short_retry_after()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "0")),
            Answers.Json(200, """{"metadata":{"name":"p"}}"""));
        using var connection = api.Connect();

        Assert.Equal("p", (await connection.Client.CoreV1.ReadNamespacedPodAsync("p", "ns")).Metadata.Name);
    }

    [Fact]
    public async Task A_write_is_never_repeated_for_429_and_a_long_wait_is_the_callers()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "0")),
            Answers.Json(429, Answers.StatusJson(429, "TooManyRequests", "slow down"), ("Retry-After", "60")));

        Assert.Equal(TimeSpan.Zero, (await CreateAsync(api)).ToPort().RetryAfter);
        var read = await ReadAsync(api);
        Assert.Equal(TimeSpan.FromSeconds(60), read.ToPort().RetryAfter);
        Assert.EndsWith("slow down; the server asks to wait 60 s", read.Message, StringComparison.Ordinal);
        Assert.Equal(2, api.Seen.Count);
    }

    [Fact]
    public async Task No_answer_in_time_says_that_the_outcome_of_a_write_is_not_known()
    {
        await using var api = await FakeApi.StartAsync(context => context.UntilGoneAsync());

        Assert.Equal(
            "create daemonsets.apps ns/pull-1: ClientTimeout: no complete answer within 0.15 s; whether the server carried it out is not known",
            (await CreateAsync(api, Hasty)).Message);
        Assert.Equal("get pods ns/p: ClientTimeout: no complete answer within 0.15 s", (await ReadAsync(api, Hasty)).Message);
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown()
    {
        await using var api = await FakeApi.StartAsync(context => context.UntilGoneAsync());
        using var connection = api.Connect();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.AskAsync(
            new ApiOperation("get", "pods", "ns", "p"), (client, token) => client.CoreV1.ReadNamespacedPodAsync("p", "ns", cancellationToken: token), stop.Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_has_done_nothing()
    {
        var api = await FakeApi.ScriptAsync();
        await api.DisposeAsync();

        var error = await CreateAsync(api);

        Assert.StartsWith("create daemonsets.apps ns/pull-1: Unreachable: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("is not known", error.Message, StringComparison.Ordinal);
    }

    private static async Task<ApiException> CreateAsync(FakeApi api, ApiTimes? times = null)
    {
        using var connection = api.Connect(times);
        var sent = new V1DaemonSet { Metadata = new V1ObjectMeta { Name = "pull-1" } };
        return await FailsAsync(connection, "create", client => client.AppsV1.CreateNamespacedDaemonSetAsync(sent, "ns"));
    }

    private static async Task<ApiException> ReadAsync(FakeApi api, ApiTimes? times = null)
    {
        using var connection = api.Connect(times);
        return await Assert.ThrowsAsync<ApiException>(() => connection.AskAsync(
            new ApiOperation("get", "pods", "ns", "p"), (client, token) => client.CoreV1.ReadNamespacedPodAsync("p", "ns", cancellationToken: token), default));
    }

    private static Task<ApiException> FailsAsync<T>(KubernetesConnection connection, string verb, Func<IKubernetes, Task<T>> call) =>
        Assert.ThrowsAsync<ApiException>(() => connection.AskAsync(new ApiOperation(verb, "daemonsets.apps", "ns", "pull-1"), (client, _) => call(client), default));
}
