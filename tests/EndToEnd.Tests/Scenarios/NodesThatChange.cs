using System.Globalization;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Nodes that come, go and change while they are being pulled onto.</summary>
public sealed class NodesThatChange(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const long ASecond = 1_000_000_000;

    private readonly ITestOutputHelper _output = output;

    public static TheoryData<string> Ways => new("removed", "cordoned", "tainted", "relabelled", "not ready");

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_node_that_falls_out_during_a_pull_does_not_block_its_completion(string way)
    {
        await BeginAsync(new SimulatedClusterOptions
        {
            Nodes = 3,
            Bandwidth = ASecond,
            NodeLabels = new Dictionary<string, string> { ["pool"] = "a" },
        });
        var image = Push("app", size: 3 * ASecond);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))).With("labels", new System.Text.Json.Nodes.JsonObject { ["pool"] = "a" }));
        await Eventually.Is(PodsAsync, pods => pods.Count(pod => pod.Spec?.NodeName is not null) == 3, Soon, "three nodes pull");

        var node = Cluster.Node("n3");
        switch (way)
        {
            case "removed":
                Cluster.RemoveNode("n3");
                await Service.IsAsync("m", m => Node(m, "n3") is null, AtOnce, "the node is not in the list any more");
                break;
            case "cordoned":
                node.Cordon();
                await IsOutAsync("node cordoned");
                break;
            case "tainted":
                node.Taint("maintenance", "now");
                await IsOutAsync("node has the taint maintenance=now:NoSchedule");
                break;
            case "relabelled":
                node.Label("pool", "b");
                await Service.IsAsync("m", m => Node(m, "n3") is null, AtOnce, "the node is not in the list any more");
                break;
            default:
                node.NotReady();
                await IsOutAsync("node not ready since ");
                break;
        }
        await Service.IsAsync("m", m => (int?)Pull(m, image)?["nodes_total"] is 2 or null, AtOnce, "two nodes are waited for");
        await Service.BecomesAvailableAsync("m", 1, Soon);

        if (way == "removed")
            Cluster.AddNode("n3", new Dictionary<string, string> { ["pool"] = "a" });
        node.Uncordon();
        node.Untaint("maintenance");
        node.Label("pool", "a");
        node.Ready();
        await NodeIsAsync("m", "n3", n => (bool)n["eligible"]!, $"eligible again after it was {way}");
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Assert.True(node.Has(image));
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task A_pull_on_a_node_that_joins_begins_at_once()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2 });
        var image = Push("app");
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);

        Cluster.AddNode("new");
        var begun = await Eventually.Is(PodsAsync, pods => pods.Any(pod => pod.Spec?.NodeName == "new"), AtOnce, "the pull pod is on the node that joined");
        var warm = await Eventually.Is(() => Task.FromResult(Cluster.Node("new").Has(image)), has => has, Soon, "the node has the image");
        _output.WriteLine($"a pull pod is on the node {begun.TotalMilliseconds:0} ms after it joined, the image {warm.TotalMilliseconds:0} ms later");
        await Service.BecomesAvailableAsync("m", 1, Soon);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_new_node_gets_its_images_in_the_order_in_which_they_are_desired(int parallel)
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, Bandwidth = 10 * ASecond }, ("PULL__PARALLEL_IMAGES", parallel.ToString(CultureInfo.InvariantCulture)));
        var images = Enumerable.Range(0, 9).Select(i => ($"i{i}", Push($"app/{i}", size: ASecond))).ToArray();
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(images)));
        await Service.BecomesAvailableAsync("m", images.Length, Soon);
        await NothingIsLeftAsync(Soon);

        var node = Cluster.AddNode("new");
        await Service.IsAsync("m", m => Node(m, "new") is { } n && n["missing"]!.AsArray().Count == 0, Soon, "the new node has all");
        var came = node.Images.Select(held => Array.FindIndex(images, image => held.Names.Contains(image.Item2))).ToArray();
        _output.WriteLine($"{parallel} at a time: {string.Join(' ', came)}");
        Assert.Equal(images.Length, came.Length);
        // Those that are in flight together may overtake each other.
        Assert.All(came.Index(), image => Assert.InRange(image.Item, image.Index - parallel + 1, image.Index + parallel - 1));
    }

    [Fact]
    public async Task An_image_that_no_node_can_finish_does_not_hold_up_another_nor_a_new_node()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, SerializePulls = false });
        var (endless, good) = (Push("endless", size: 1_000_000 * ASecond), Push("good"));
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("endless", endless), ("good", good))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Cluster.AddNode("new");
        await NodeIsAsync("m", "new", n => n["missing"]!.AsArray().Count == 2, "new, and lacks both");
        await Service.IsAsync("m", m => Node(m, "new")!["missing"]!.AsArray().Count == 1, Soon, "the new node has the good one");
        Assert.Equal(["good"], await Service.AvailableAsync("m"));
        using (await Service.Http.DeleteAsync("/cachemachine/m"))
            await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task Without_any_eligible_node_nothing_is_available_and_nothing_is_made()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2 });
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", Push("app")))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
        Cluster.Node("n1").Cordon();
        Cluster.Node("n2").NotReady();
        await Service.IsAsync("m", m => (string)m["phase"]! == "NoNodes", AtOnce, "there are no nodes");
        var machine = await Service.MachineAsync("m");
        Assert.Empty(machine["available_images"]!.AsArray());
        Assert.StartsWith("none of 2 matching nodes is eligible: 1x node cordoned, 1x node not ready since", (string)machine["message"]!, StringComparison.Ordinal);
        Assert.Empty(await DaemonSetsAsync());
        Cluster.Node("n1").Uncordon();
        await Service.BecomesAvailableAsync("m", 1, AtOnce);
    }

    private Task IsOutAsync(string reason) => NodeIsAsync(
        "m", "n3", n => !(bool)n["eligible"]! && ((string)n["reason"]!).StartsWith(reason, StringComparison.Ordinal), $"out: {reason}");
}
