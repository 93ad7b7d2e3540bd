using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using CacheMachine.Simulator.Api;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What kubelet is told.</summary>
public sealed class Healthz(ITestOutputHelper output) : SimulatorScenario(output)
{
    [Theory]
    [InlineData("cachemachine")]
    [InlineData("nublado")]
    public async Task A_replica_that_has_everything_is_live_and_ready_whatever_the_prefix_of_its_routes(string prefix)
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 1 }, ("HTTP__PREFIX", prefix));

        await Eventually.Is(() => GetAsync("ready"), health => (string)health.Body["status"]! == "healthy", Soon, "it is ready", health => health.Body.ToJsonString());
        Assert.Equal(["akka.cluster.join", "akka.journal", "journal", "kubernetes"], Checks((await GetAsync("ready")).Body).Keys.Order(StringComparer.Ordinal));
        var live = await GetAsync("live");
        Assert.Equal((200, "healthy"), (live.Status, (string)live.Body["status"]!));
        Assert.Equal(["akka.actorsystem"], Checks(live.Body).Keys);
    }

    [Fact]
    public async Task While_the_API_server_is_away_a_replica_is_ready_and_says_what_is_wrong()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 1 });
        await Eventually.Is(() => GetAsync("ready"), health => (string)health.Body["status"]! == "healthy", Soon, "it is ready", health => health.Body.ToJsonString());

        Cluster.Faults.Arm(FaultKind.Reset, share: 1);
        Cluster.Faults.BreakWatches();

        await Eventually.Is(() => GetAsync("ready"), health => (string)health.Body["status"]! == "degraded", Soon, "it is degraded", health => health.Body.ToJsonString());
        var ready = await GetAsync("ready");
        Assert.Equal(200, ready.Status);
        var kubernetes = Checks(ready.Body)["kubernetes"];
        Assert.Equal("degraded", (string)kubernetes["status"]!);
        Assert.StartsWith("the watch is broken", (string)kubernetes["description"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", ready.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync("live")).Status);

        Cluster.Faults.Clear();
        await Eventually.Is(() => GetAsync("ready"), health => (string)health.Body["status"]! == "healthy", Soon, "it is healthy again", health => health.Body.ToJsonString());
    }

    private static Dictionary<string, JsonObject> Checks(JsonObject health) =>
        health["checks"]!.AsArray().ToDictionary(check => (string)check!["name"]!, check => check!.AsObject());

    private async Task<(int Status, JsonObject Body)> GetAsync(string which)
    {
        using var answer = await Service.Http.GetAsync(new Uri($"/healthz/{which}", UriKind.Relative));
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject());
    }
}
