using System.Text.Json.Nodes;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Resources;

public class RequestTests
{
    private const string Echo = """{"metadata":{"name":"x","uid":"u1","resourceVersion":"5"}}""";

    [Fact]
    public async Task A_daemon_set_is_created_with_the_golden_body()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(201, Echo));
        using var client = api.Client();

        var made = (await client.DaemonSets("cachemachine").CreateAsync(GoldenDaemonSet.Build(), default)).ValueOrThrow();

        Assert.Equal("u1", made.Metadata.Uid);
        var request = Assert.Single(api.Seen);
        Assert.Equal(("POST", "/apis/apps/v1/namespaces/cachemachine/daemonsets", "application/json"), (request.Method, request.Path, request.ContentType));
        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "daemonset-create.json"));
        Assert.Equal(Normal(golden), Normal(request.Body));
    }

    [Fact]
    public async Task A_delete_carries_policy_grace_period_and_preconditions()
    {
        await using var api = await FakeApi.ScriptAsync(
            Answers.Json(200, """{"kind":"Status","status":"Success","details":{"name":"x","uid":"u9"}}"""),
            Answers.Json(200, """{"kind":"DaemonSet","metadata":{"name":"x","uid":"u9","deletionTimestamp":"2024-01-02T03:04:05Z"}}"""));
        using var client = api.Client();
        var options = new DeleteOptions(0, "Background", new DeletePreconditions("u9", "77"));

        var gone = (await client.DaemonSets("ns").DeleteAsync("x", options, default)).ValueOrThrow();
        var going = (await client.DaemonSets("ns").DeleteAsync("x", null, default)).ValueOrThrow();

        Assert.Equal(new DeleteAnswer("u9", false), gone);
        Assert.Equal(new DeleteAnswer("u9", true), going);
        var request = api.Seen.First();
        Assert.Equal(("DELETE", "/apis/apps/v1/namespaces/ns/daemonsets/x"), (request.Method, request.Path));
        Assert.Equal(
            """{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"propagationPolicy":"Background","preconditions":{"uid":"u9","resourceVersion":"77"}}""",
            request.Body);
    }

    [Fact]
    public async Task Patches_have_their_content_types()
    {
        await using var api = await FakeApi.StartAsync(context => context.JsonAsync(200, Echo));
        using var client = api.Client();
        var body = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["a"] = null } } };

        await client.DaemonSets("ns").PatchAsync("x", ApiPatch.Merge(body), default);
        await client.DaemonSets("ns").PatchAsync("x", ApiPatch.Strategic(body), default);
        await client.DaemonSets("ns").PatchAsync("x", ApiPatch.Json([new JsonObject { ["op"] = "remove", ["path"] = "/spec/paused" }]), default);

        var seen = api.Seen.ToArray();
        Assert.Equal(
            ["application/merge-patch+json", "application/strategic-merge-patch+json", "application/json-patch+json"],
            seen.Select(request => request.ContentType));
        Assert.All(seen, request => Assert.Equal("PATCH", request.Method));
        Assert.Equal("""{"metadata":{"annotations":{"a":null}}}""", seen[0].Body);
        Assert.Equal("""[{"op":"remove","path":"/spec/paused"}]""", seen[2].Body);
    }

    [Fact]
    public async Task An_event_has_whole_seconds_and_no_nulls()
    {
        await using var api = await FakeApi.ScriptAsync(Answers.Json(201, """{"metadata":{"name":"x.1"},"involvedObject":{}}"""));
        using var client = api.Client();
        var when = new DateTimeOffset(2024, 5, 6, 9, 8, 10, 999, TimeSpan.FromHours(2));

        var result = await client.Events("ns").CreateAsync(
            new Event(
                new ObjectMeta(GenerateName: "x.", Namespace: "ns"),
                new ObjectReference("apps/v1", "DaemonSet", "x", "ns", "u1"),
                "Pulled", "all nodes have it", "Normal", new EventSource("cachemachine"), when, when, 1, "cachemachine", "cm-0"),
            default);

        Assert.True(result.IsSuccess);
        Assert.Equal(
            Normal("""
                {"apiVersion":"v1","kind":"Event","metadata":{"generateName":"x.","namespace":"ns"},
                "involvedObject":{"apiVersion":"apps/v1","kind":"DaemonSet","name":"x","namespace":"ns","uid":"u1"},
                "reason":"Pulled","message":"all nodes have it","type":"Normal","source":{"component":"cachemachine"},
                "firstTimestamp":"2024-05-06T07:08:10Z","lastTimestamp":"2024-05-06T07:08:10Z","count":1,
                "reportingComponent":"cachemachine","reportingInstance":"cm-0"}
                """),
            Normal(api.Seen.Single().Body));
    }

    [Fact]
    public async Task A_lease_has_six_digits_of_a_second_and_survives_the_round_trip()
    {
        await using var api = await FakeApi.StartAsync(context => context.JsonAsync(
            200, """{"metadata":{"name":"s","resourceVersion":"8"},"spec":{"holderIdentity":"me","renewTime":"2024-05-06T07:08:10.000123Z","leaseDurationSeconds":15}}"""));
        using var client = api.Client();
        var when = new DateTimeOffset(2024, 5, 6, 7, 8, 10, TimeSpan.Zero);

        var lease = (await client.Leases("ns").ReplaceAsync(
            new Lease(new ObjectMeta(Name: "s", ResourceVersion: "7"), new LeaseSpec("me", 15, when, when)), default)).ValueOrThrow();

        Assert.Contains("\"renewTime\":\"2024-05-06T07:08:10.000000Z\"", api.Seen.Single().Body, StringComparison.Ordinal);
        Assert.Equal(when.AddMicroseconds(123), lease.Spec!.RenewTime);
        Assert.Equal(("PUT", "/apis/coordination.k8s.io/v1/namespaces/ns/leases/s"), (api.Seen.Single().Method, api.Seen.Single().Path));
    }

    [Fact]
    public async Task Names_cannot_leave_their_place_in_the_path()
    {
        await using var api = await FakeApi.StartAsync(context => context.JsonAsync(200, Echo));
        using var client = api.Client();

        await client.Pods("ns").GetAsync("../secrets?x=1", default);

        Assert.Equal("", api.Seen.Single().Query);
        Assert.StartsWith("/api/v1/namespaces/ns/pods/", api.Seen.Single().Path, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => client.Pods("ns").DeleteAsync("", null, default));
    }

    private static string Normal(string json) =>
        JsonNode.Parse(json)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
}
