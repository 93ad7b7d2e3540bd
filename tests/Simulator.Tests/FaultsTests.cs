using System.Net;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Tests.Conformance;

namespace CacheMachine.Simulator.Tests;

public sealed class FaultsTests : IAsyncLifetime
{
    private SimulatedCluster _cluster = null!;
    private Tests.Api _api = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        _api = new Tests.Api(new HttpClient { BaseAddress = _cluster.ApiServerUri });
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(FaultKind.InternalError, 500, "InternalError")]
    [InlineData(FaultKind.Conflict, 409, "Conflict")]
    [InlineData(FaultKind.Gone, 410, "Expired")]
    [InlineData(FaultKind.TooManyRequests, 429, "TooManyRequests")]
    public async Task An_armed_fault_hits_its_verb_and_resource_as_often_as_told(FaultKind kind, int code, string reason)
    {
        _cluster.Faults.Arm(kind, "list", "nodes", times: 1);

        var pods = await _api.Send("GET", "/api/v1/pods");
        var hit = await _api.Send("GET", "/api/v1/nodes");
        var again = await _api.Send("GET", "/api/v1/nodes");

        Assert.Equal(HttpStatusCode.OK, pods.Code);
        Assert.Equal((code, reason), ((int)hit.Code, hit.Body.String("reason")));
        Assert.Equal(HttpStatusCode.OK, again.Code);
    }

    [Fact]
    public async Task A_share_of_the_requests_fails()
    {
        _cluster.Faults.Arm(FaultKind.InternalError, share: 0.5);

        var failed = 0;
        for (var i = 0; i < 100; i++)
            failed += (await _api.Send("GET", "/api/v1/nodes")).Code == HttpStatusCode.OK ? 0 : 1;

        Assert.InRange(failed, 25, 75);
    }

    [Fact]
    public async Task A_reset_after_the_work_leaves_the_work_done()
    {
        using (_cluster.Faults.Arm(FaultKind.ResetAfter, "create"))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => _api.Send("POST", "/api/v1/namespaces/default/configmaps", Map()));
        }

        Assert.Equal("x", (await _api.Get("/api/v1/namespaces/default/configmaps/x")).Name());
    }

    [Fact]
    public async Task Broken_watches_end_with_an_error_and_can_be_opened_again()
    {
        using var watch = await WatchReader.Open(_api, "/api/v1/nodes?watch=true");
        Assert.Equal("ADDED", (await watch.Next())!.Value.Type);

        Assert.Equal(1, _cluster.Faults.BreakWatches());

        await Assert.ThrowsAnyAsync<IOException>(() => watch.Next());
        using var another = await WatchReader.Open(_api, "/api/v1/nodes?watch=true");
        Assert.Equal("ADDED", (await another.Next())!.Value.Type);
    }

    [Fact]
    public async Task Requests_are_counted_by_verb_and_resource()
    {
        await _api.Get("/api/v1/nodes");
        await _api.Get("/api/v1/nodes/n1");
        await _api.Ok("POST", "/api/v1/namespaces/default/configmaps", Map());

        Assert.Equal((1, 1, 1, 1, 3), (
            _cluster.Requests.Count("list", "nodes"),
            _cluster.Requests.Count("get"),
            _cluster.Requests.Count(resource: "configmaps"),
            _cluster.Requests.Writes,
            _cluster.Requests.Total));
    }

    [Fact]
    public async Task With_a_token_nobody_else_gets_in()
    {
        await using var locked = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1, ApiToken = "secret" });
        using var api = new Tests.Api(new HttpClient { BaseAddress = locked.ApiServerUri });

        var refused = await api.Send("GET", "/api/v1/nodes");
        api.Http.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        var served = await api.Send("GET", "/api/v1/nodes");

        Assert.Equal((HttpStatusCode.Unauthorized, "Unauthorized"), (refused.Code, refused.Body.String("reason")));
        Assert.Equal(HttpStatusCode.OK, served.Code);
    }

    private static JsonObject Map() => new() { ["metadata"] = new JsonObject { ["name"] = "x" } };
}
