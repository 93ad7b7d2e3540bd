using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using k8s.Models;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What a machine may ask for beside images and labels, as it is POSTed.</summary>
public sealed class MachineOptions(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const long Gigabyte = 1_000_000_000;

    private readonly ITestOutputHelper _output = output;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Never_more_nodes_pull_than_max_nodes_pulling_and_a_wave_moves_on_node_by_node(int most)
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 6, Bandwidth = 10 * Gigabyte });
        await Service.PostAsync(Specs.Machine("m", Specs.Simple([.. Images(3, 2 * Gigabyte)])).With("max_nodes_pulling", most));
        var seen = await SampleAsync("m", 3, pods => Pulling(pods).Select(pod => pod.Spec!.NodeName).Distinct().Count());
        _output.WriteLine($"nodes that pulled at one time, sampled {seen.Count} times: {string.Join(' ', seen.Distinct().Order())}");
        Assert.Equal(most, seen.Max());
        await NothingIsLeftAsync(Soon);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Never_more_images_are_in_flight_than_parallel_images(int parallel)
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 3, Bandwidth = 10 * Gigabyte });
        await Service.PostAsync(Specs.Machine("m", Specs.Simple([.. Images(6, Gigabyte)])).With("parallel_images", parallel));
        var seen = await SampleAsync("m", 6, pods => Pulling(pods).Select(pod => pod.Spec!.Containers[0].Image).Distinct().Count());
        _output.WriteLine($"images in flight, sampled {seen.Count} times: {string.Join(' ', seen.Distinct().Order())}");
        Assert.Equal(parallel, seen.Max());
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task Never_more_nodes_pull_than_the_service_allows_over_all_machines()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 6, Bandwidth = 10 * Gigabyte }, ("PULL__MAX_NODES_PULLING", "2"));
        var images = Images(4, 2 * Gigabyte).ToArray();
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(images[..2])));
        await Service.PostAsync(Specs.Machine("other", Specs.Simple(images[2..])));
        var seen = await SampleAsync("m", 2, pods => Pulling(pods).Select(pod => pod.Spec!.NodeName).Distinct().Count());
        seen.AddRange(await SampleAsync("other", 2, pods => Pulling(pods).Select(pod => pod.Spec!.NodeName).Distinct().Count()));
        _output.WriteLine($"nodes that pulled at one time, sampled {seen.Count} times: {string.Join(' ', seen.Distinct().Order())}");
        Assert.InRange(seen.Max(), 1, 2);
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task Tainted_nodes_count_when_their_taints_are_tolerated()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2 });
        Cluster.Node("n2").Taint("dedicated", "labs");
        var image = Push("app");
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Assert.False(Cluster.Node("n2").Has(image));

        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))).With("tolerations", new JsonArray(new JsonObject
        {
            ["key"] = "dedicated",
            ["operator"] = "Equal",
            ["value"] = "labs",
            ["effect"] = "NoSchedule",
        })));
        Assert.True((bool)Node(await Service.MachineAsync("m"), "n2")!["eligible"]!);
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Assert.True(Cluster.Node("n2").Has(image));
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task Node_selector_terms_choose_nodes_as_the_scheduler_would()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 5 });
        Cluster.Node("n1").Label("pool", "labs");
        Cluster.Node("n2").Label("pool", "batch");
        Cluster.Node("n3").Label("gpus", "4");
        Cluster.Node("n4").Label("gpus", "1");
        var image = Push("app");
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))).With("node_selector_terms", new JsonArray(
            Term("pool", "In", "labs", "other"), Term("gpus", "Gt", "2"))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
        Assert.Equal(["n1", "n3"], (await Service.MachineAsync("m"))["nodes"]!.AsArray().Select(node => (string)node!["name"]!));
        Assert.Equal(["n1", "n3"], Cluster.NodeNames.Where(node => Cluster.Node(node).Has(image)));
    }

    [Fact]
    public async Task A_paused_machine_pulls_nothing_until_it_goes_on()
    {
        var time = new FastTime(10);
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, TimeProvider = time });
        var spec = Specs.Machine("m", Specs.Simple(("app", Push("app"))));
        await Service.PostAsync(spec.With("paused", true));
        await Service.IsAsync("m", m => (string)m["phase"]! == "Paused", Soon, "it says that it is paused");
        await Task.Delay(TimeSpan.FromSeconds(20), time);
        Assert.Equal(0, Cluster.Requests.Count("create", "daemonsets"));

        await Service.PostAsync(spec.With("paused", false));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task Pausing_during_a_pull_lets_it_end_and_begins_no_other()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, Bandwidth = Gigabyte });
        var spec = Specs.Machine("m", Specs.Simple([.. Images(2, 2 * Gigabyte)])).With("parallel_images", 1);
        await Service.PostAsync(spec);
        await Eventually.Is(PodsAsync, pods => Pulling(pods).Count() == 2, Soon, "the first image is being pulled");
        await Service.PostAsync(spec.With("paused", true));
        await NothingIsLeftAsync(Soon);
        Assert.NotEqual("Pulling", (string)(await Service.MachineAsync("m"))["phase"]!);
        await Service.PostAsync(spec.With("paused", false));
        await Service.BecomesAvailableAsync("m", 2, Soon);
    }

    [Fact]
    public async Task A_node_that_takes_longer_than_pull_timeout_is_given_up_for_now_and_says_so()
    {
        await BeginAsync(
            new SimulatedClusterOptions { Nodes = 2, TimeProvider = new FastTime(10), SerializePulls = false }, ("PULL__RETRY_MIN", "1h"));
        var endless = Push("endless", size: 1_000_000 * Gigabyte);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("endless", endless))).With("pull_timeout", "10s"));
        await Service.IsAsync("m", m => Reason(m, endless, "n1") == "no progress for 10 s" && Reason(m, endless, "n2") == "no progress for 10 s", Soon, "both nodes are given up");
        await NothingIsLeftAsync(Soon);
        var pull = Pull(await Service.MachineAsync("m"), endless)!;
        Assert.Equal("waiting", (string)pull["state"]!);
        Assert.NotNull(pull["retry_at"]);
    }

    [Fact]
    public async Task What_the_pull_pods_are_to_have_they_have()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 1 }, ("ALLOW__IMAGE_PULL_SECRETS", "mine"));
        var spec = Specs.Machine("m", Specs.Simple(("endless", Push("endless", size: 1_000_000 * Gigabyte))))
            .With("image_pull_secrets", new JsonArray("mine")).With("priority_class", "low").With("pull_policy", "Always")
            .With("pod_resources", new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "5m" }, ["limits"] = new JsonObject { ["memory"] = "64Mi" } });
        await Service.PostAsync(spec);
        await Eventually.Is(PodsAsync, pods => pods.Count == 1, Soon, "the pod is there");
        var pod = Assert.Single(await PodsAsync()).Spec!;
        Assert.Equal(["mine"], pod.ImagePullSecrets!.Select(secret => secret.Name));
        Assert.Equal("low", pod.PriorityClassName);
        Assert.Equal("Always", pod.Containers[0].ImagePullPolicy);
        Assert.Equal("5m", pod.Containers[0].Resources!.Requests!["cpu"].ToString());
        Assert.Equal("64Mi", pod.Containers[0].Resources!.Limits!["memory"].ToString());
    }

    private static JsonObject Term(string key, string compare, params string[] values) => new()
    {
        ["matchExpressions"] = new JsonArray(new JsonObject
        {
            ["key"] = key,
            ["operator"] = compare,
            ["values"] = new JsonArray([.. values.Select(value => (JsonNode?)value)]),
        }),
    };

    // On a node, not being deleted, and without the image: what costs the registry something.
    private static IEnumerable<V1Pod> Pulling(IReadOnlyList<V1Pod> pods) => pods.Where(pod =>
        pod.Spec?.NodeName is { Length: > 0 } && pod.Metadata.DeletionTimestamp is null
        && pod.Status?.ContainerStatuses?.All(container => string.IsNullOrEmpty(container.ImageID)) != false);

    private IEnumerable<(string Name, string Url)> Images(int count, long size) =>
        Enumerable.Range(0, count).Select(i => ($"i{i}", Push($"app/{i}", size: size)));

    private async Task<List<int>> SampleAsync(string machine, int available, Func<IReadOnlyList<V1Pod>, int> measure)
    {
        var seen = new List<int>();
        await Eventually.Is(
            async () =>
            {
                seen.Add(measure(await PodsAsync()));
                return (await Service.AvailableAsync(machine)).Length;
            },
            count => count == available, Soon * 3, $"{available} images of {machine} are available");
        return seen;
    }
}
