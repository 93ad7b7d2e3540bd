using CacheMachine.Actors;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Tests.Kubernetes.Support;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes.Calls;

/// <summary>What is sent for each call that the service makes.</summary>
public sealed class RequestTests
{
    private const string Echo = """{"metadata":{"name":"x","uid":"u1","resourceVersion":"5"},"spec":{"template":{"spec":{}}}}""";

    [Fact]
    public async Task A_DaemonSet_is_created_with_the_golden_body()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(201, Echo));
        using var connection = api.Connect();

        Assert.Equal("u1", (await connection.Api().EnsurePullAsync(Orders.Plain(), default)).Uid);

        var request = Assert.Single(api.Seen);
        Assert.Equal(("POST", "/apis/apps/v1/namespaces/cachemachine/daemonsets", ""), (request.Method, request.Path, request.Query));
        Assert.StartsWith("application/json", request.ContentType, StringComparison.Ordinal);
        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "golden", "plain.json"));
        Assert.Equal(ObjectJson.Normal(golden), ObjectJson.Normal(request.Body));
    }

    [Theory]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"x","uid":"u9"}}""")]
    [InlineData("""{"kind":"DaemonSet","apiVersion":"apps/v1","metadata":{"name":"x","deletionTimestamp":"2024-01-02T03:04:05Z"},"status":{"numberReady":1}}""")]
    public async Task A_delete_takes_the_pods_along_in_the_background(string answer)
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(200, answer));
        using var connection = api.Connect();

        Assert.True(await connection.Api().DeletePullAsync("x", default));

        var request = Assert.Single(api.Seen);
        Assert.Equal(("DELETE", "/apis/apps/v1/namespaces/cachemachine/daemonsets/x"), (request.Method, request.Path));
        Assert.Equal(
            ObjectJson.Normal("""{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"}"""), ObjectJson.Normal(request.Body));
    }

    [Fact]
    public async Task Other_targets_are_a_merge_patch_in_which_null_removes()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Status(409, "AlreadyExists", "there"),
            Answers.Json(200, ObjectJson.Write(PullDaemonSet.Build(Orders.Plain(nodes: "n1"), "cachemachine", null, null))),
            Answers.Json(200, Echo));
        using var connection = api.Connect();

        await connection.Api().EnsurePullAsync(Orders.Plain(), default);

        var patch = api.Seen.Last();
        Assert.Equal(("PATCH", "/apis/apps/v1/namespaces/cachemachine/daemonsets/jupyter-0123456789"), (patch.Method, patch.Path));
        Assert.StartsWith("application/merge-patch+json", patch.ContentType, StringComparison.Ordinal);
        Assert.Equal("""{"spec":{"template":{"spec":{"affinity":null}}}}""", patch.Body);
    }

    [Fact]
    public void An_event_has_whole_seconds_and_no_nulls()
    {
        var owner = new V1OwnerReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = "service", Uid = "u1" };
        var made = PullEvent.Build(
            new PullNews("m-1", "PullFailed", "all nodes have it", false), "ns", owner, new DateTimeOffset(2024, 5, 6, 9, 8, 10, 999, TimeSpan.FromHours(2)));

        Assert.Equal(
            ObjectJson.Normal("""
                {"apiVersion":"v1","kind":"Event","metadata":{"generateName":"cachemachine-","namespace":"ns"},
                "involvedObject":{"apiVersion":"apps/v1","kind":"Deployment","name":"service","namespace":"ns","uid":"u1"},
                "reason":"PullFailed","message":"all nodes have it","type":"Normal","source":{"component":"cachemachine"},
                "firstTimestamp":"2024-05-06T07:08:10Z","lastTimestamp":"2024-05-06T07:08:10Z","count":1,
                "reportingComponent":"cachemachine"}
                """),
            ObjectJson.Normal(ObjectJson.Write(made)));
    }

    [Fact]
    public async Task Who_writes_is_named()
    {
        string? agent = null;
        await using var api = await FakeApi.StartAsync(context =>
        {
            agent = context.Request.Headers.UserAgent;
            return context.JsonAsync(201, Echo);
        });
        using var connection = api.Connect();

        await connection.Api().EnsurePullAsync(Orders.Plain(), default);

        Assert.Equal("cachemachine", agent);
    }

    [Theory]
    [InlineData("../secrets")]
    [InlineData("x?y=1")]
    [InlineData("x%2Fy")]
    public async Task Names_cannot_leave_their_place_in_the_path(string name)
    {
        await using var api = await FakeApi.ScriptAsync();
        using var connection = api.Connect();

        var error = await Assert.ThrowsAsync<PortException>(() => connection.Api().DeletePullAsync(name, default));

        Assert.Equal($"delete daemonsets.apps cachemachine/{name}: BadRequest: this cannot be the name of an object", error.Message);
        Assert.Empty(api.Seen);
    }
}
