namespace CacheMachine.Simulator.Tests;

public sealed class SimulatedClusterTests
{
    private static readonly SimulatedClusterOptions Fast = new()
    {
        Nodes = 3,
        ReportDelay = TimeSpan.FromMilliseconds(20),
        SyncDelay = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task A_DaemonSet_pulls_its_image_onto_every_node_and_the_nodes_report_it()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        var digest = cluster.Registry.Push("lab/image", "w1", 50_000_000);
        using var api = new Api(new HttpClient { BaseAddress = cluster.ApiServerUri });
        var image = $"{cluster.Registry.Host}/lab/image:w1";

        await api.Ok("POST", "/apis/apps/v1/namespaces/cachemachine/daemonsets", Objects.DaemonSet("pull", image));

        await Wait.Until("all nodes report the image", async () => (await api.Get("/api/v1/nodes"))["items"]!.AsArray().All(node =>
            node!["status"]!["images"]?[0]!["names"]!.AsArray().Select(name => name!.GetValue<string>())
                .SequenceEqual([$"{cluster.Registry.Host}/lab/image@{digest}", image]) == true));
        await Wait.Until("all pods are ready", async () => (await api.Get("/apis/apps/v1/namespaces/cachemachine/daemonsets/pull"))
            ["status"]!["numberReady"]!.GetValue<int>() == 3);
        var pods = (await api.Get("/api/v1/namespaces/cachemachine/pods?labelSelector=app%3Dpull"))["items"]!.AsArray();
        Assert.Equal(3, pods.Count);
        Assert.All(pods, pod =>
        {
            var status = pod!["status"]!["containerStatuses"]![0]!;
            Assert.Equal($"{cluster.Registry.Host}/lab/image@{digest}", status["imageID"]!.GetValue<string>());
            Assert.NotNull(status["state"]!["running"]);
        });
        var set = await api.Get("/apis/apps/v1/namespaces/cachemachine/daemonsets/pull");
        Assert.Equal(3, set["status"]!["desiredNumberScheduled"]!.GetValue<int>());

        await api.Ok("DELETE", "/apis/apps/v1/namespaces/cachemachine/daemonsets/pull");
        await Wait.Until("no pods are left", async () => (await api.Get("/api/v1/pods"))["items"]!.AsArray().Count == 0);
    }
}
