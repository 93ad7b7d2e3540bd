using CacheMachine.Simulator.Tests.Conformance;

namespace CacheMachine.Simulator.Tests;

public sealed class ScaleTests
{
    /// <summary>CACHEMACHINE_SCALE_NODES asks for more, as 5000; the default keeps the test short.</summary>
    [Fact]
    public async Task Thousands_of_nodes_pull_at_once_while_watchers_look_on()
    {
        var nodes = int.TryParse(Environment.GetEnvironmentVariable("CACHEMACHINE_SCALE_NODES"), out var asked) ? asked : 300;
        var sets = nodes >= 5000 ? 10 : 2;
        var longest = TimeSpan.FromMinutes(5);
        await using var cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = nodes, WatchHistory = 500_000 });
        using var api = new Api(new HttpClient { BaseAddress = cluster.ApiServerUri, Timeout = longest });
        cluster.Registry.Push("lab/x", "1", 1_000_000);
        using var watch = await WatchReader.Open(api, "/api/v1/pods?watch=true");
        var running = CountRunning(watch, nodes * sets);

        for (var i = 0; i < sets; i++)
            await api.Ok("POST", "/apis/apps/v1/namespaces/cachemachine/daemonsets", Objects.DaemonSet($"s{i}", $"{cluster.Registry.Host}/lab/x:1"));

        Assert.Equal(nodes * sets, await running.WaitAsync(longest, TimeProvider.System));
        await Wait.Until("the status counts them", async () =>
            (await api.Get("/apis/apps/v1/namespaces/cachemachine/daemonsets")).Items().All(set => set["status"]!["numberReady"]!.GetValue<int>() == nodes));
        await Wait.Until("all nodes report the image", async () =>
            (await api.Get("/api/v1/nodes")).Items().All(node => node["status"]!["images"] is not null));
    }

    private static async Task<int> CountRunning(WatchReader watch, int wanted)
    {
        var running = new HashSet<string>();
        while (running.Count < wanted && await watch.Next() is { } frame)
        {
            if (frame.Object["status"]!.String("phase") == "Running")
                running.Add(frame.Object.Name());
        }

        return running.Count;
    }
}
