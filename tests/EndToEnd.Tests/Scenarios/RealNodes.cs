using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What only real nodes show: kubelets that stop, images that an administrator removes, nodes that join.</summary>
[Trait("Category", "RealCluster")]
public sealed class RealNodes(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly string _name = "real-" + Guid.NewGuid().ToString("N")[..6];
    private RealClusterUnderTest _cluster = null!;
    private InProcess _service = null!;

    public async Task InitializeAsync()
    {
        RealClusterUnderTest.NeedsOurs("its nodes cannot be stopped, added and looked into");
        _cluster = await RealClusterUnderTest.GivenAsync();
        _service = await InProcess.StartAsync(_cluster.Flags(_data));
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [SkippableFact]
    public async Task A_node_whose_kubelet_stops_during_a_pull_does_not_block_it()
    {
        var stopped = _cluster.Nodes[^1];
        var image = await PushAsync("good");
        await RealClusterUnderTest.CommandAsync("stop-kubelet", stopped);
        try
        {
            // The node counts as ready for a while yet, so the pull begins there too, and stops.
            await _service.PostAsync(Specs.Machine(_name, Specs.Simple(("good", image))));
            await _service.IsAsync(_name, m => m["pulls"]!.AsArray() is [JsonObject pull] && (int)pull["nodes_done"]! == _cluster.Nodes.Count - 1, Soon, "the others have it");
            var done = await _service.BecomesAvailableAsync(_name, 1, TimeSpan.FromSeconds(60));
            output.WriteLine($"available without the stopped node {done.TotalSeconds:0.0} s after the others had it");
            var node = Node(await _service.MachineAsync(_name), stopped)!;
            Assert.StartsWith("node not ready since", (string)node["reason"]!, StringComparison.Ordinal);
        }
        finally
        {
            await RealClusterUnderTest.CommandAsync("start-kubelet", stopped);
        }
        await _service.IsAsync(_name, m => (bool?)Node(m, stopped)?["eligible"] == true, TimeSpan.FromSeconds(60), "the node is back");
        var warm = await _service.BecomesAvailableAsync(_name, 1, TimeSpan.FromSeconds(60));
        output.WriteLine($"available on the node that came back {warm.TotalSeconds:0.0} s after it was ready");
        Assert.Contains($"{_name}:good", await ImagesAsync(stopped), StringComparison.Ordinal);
        await DeleteAsync();
    }

    [SkippableFact]
    public async Task An_image_that_was_removed_on_a_node_is_back_by_itself()
    {
        var (node, image) = (_cluster.Nodes[0], await PushAsync("good"));
        await _service.PostAsync(Specs.Machine(_name, Specs.Simple(("good", image))));
        await _service.BecomesAvailableAsync(_name, 1, Soon);
        await _service.IsAsync(
            _name, m => m["common_cache"]!.AsArray().Any(cached => (string)cached!["image_url"]! == image), TimeSpan.FromSeconds(60), "all nodes report the image");

        await RealClusterUnderTest.CommandAsync("rmi", node, $"{_name}:good");
        var start = TimeProvider.System.GetTimestamp();
        var noticed = await _service.IsAsync(_name, m => m["available_images"]!.AsArray().Count == 0, TimeSpan.FromSeconds(90), "the image is missed");
        await _service.BecomesAvailableAsync(_name, 1, Soon);
        output.WriteLine($"missed after {noticed.TotalSeconds:0.0} s (kubelet looks every 30 s), available again after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
        Assert.Contains($"{_name}:good", await ImagesAsync(node), StringComparison.Ordinal);
        await DeleteAsync();
    }

    [SkippableFact]
    public async Task A_node_that_joins_is_warm_without_any_call()
    {
        var joining = "joins-" + _name[^6..];
        var images = new[] { ("first", await PushAsync("first")), ("second", await PushAsync("second")), ("third", await PushAsync("third")), ("fourth", await PushAsync("fourth")) };
        await _service.PostAsync(Specs.Machine(_name, Specs.Simple(images)));
        await _service.BecomesAvailableAsync(_name, 4, Soon);
        try
        {
            var ready = RealClusterUnderTest.CommandAsync("add-node", joining);
            await _service.IsAsync(_name, m => (bool?)Node(m, joining)?["eligible"] == true, TimeSpan.FromSeconds(120), "the node has joined and is ready");
            var warm = await _service.IsAsync(_name, m => Node(m, joining)!["missing"]!.AsArray().Count == 0, TimeSpan.FromSeconds(60), "the new node has all images");
            output.WriteLine($"the node that joined has four images {warm.TotalSeconds:0.0} s after it was ready");
            await _service.BecomesAvailableAsync(_name, 4, Soon);
            await ready;
            var held = await ImagesAsync(joining);
            Assert.All(images, image => Assert.Contains($"{_name}:{image.Item1}", held, StringComparison.Ordinal));
        }
        finally
        {
            await RealClusterUnderTest.CommandAsync("remove-node", joining);
        }
        await _service.IsAsync(_name, m => Node(m, joining) is null, Soon, "the node has left");
        await _service.BecomesAvailableAsync(_name, 4, Soon);
        await DeleteAsync();
    }

    [SkippableFact]
    public async Task A_machine_that_is_deleted_during_a_pull_leaves_nothing()
    {
        await _service.PostAsync(Specs.Machine(_name, Specs.Simple(("slow", _cluster.SlowImage()))));
        await Eventually.Is(
            _cluster.PodsAsync, pods => pods.Count(pod => pod.Metadata.Labels?["app"] == _name) == _cluster.Nodes.Count, Soon, "every node pulls");
        await DeleteAsync();
    }

    private static JsonObject? Node(JsonObject machine, string name) =>
        machine["nodes"]!.AsArray().Select(node => node!.AsObject()).FirstOrDefault(node => (string)node["name"]! == name);

    private async Task<string> PushAsync(string tag)
    {
        await _cluster.PushAsync(_name, tag);
        return $"{_cluster.Registry}/{_name}:{tag}";
    }

    private static Task<string> ImagesAsync(string node) => RealClusterUnderTest.OutputAsync("images", node);

    private async Task DeleteAsync()
    {
        using (await _service.Http.DeleteAsync($"/cachemachine/{_name}"))
        {
            Assert.DoesNotContain(await _cluster.DaemonSetsAsync(), set => set.Name.StartsWith(_name + "-", StringComparison.Ordinal));
        }
        var took = await Eventually.Is(
            _cluster.PodsAsync, pods => !pods.Any(pod => pod.Metadata.Labels?["app"] == _name), TimeSpan.FromSeconds(10), "no pod is left",
            pods => string.Join(", ", pods.Select(pod => pod.Metadata.Name)));
        output.WriteLine($"no DaemonSet when the deletion was answered, no pod {took.TotalSeconds:0.0} s later");
    }
}
