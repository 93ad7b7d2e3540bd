using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>The JSON of every route, on every kind of cluster: clients of the older service read it.</summary>
public abstract class GoldenAnswers : IAsyncLifetime
{
    private static readonly string[] Tags = ["r21_0_0", "w_2021_22", "w_2021_21", "d_2021_06_15", "d_2021_06_14", "exp_w_2021_22_test"];

    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly string _repository = "golden-" + Guid.NewGuid().ToString("N")[..6];
    private readonly Golden _golden = new();
    private ClusterUnderTest _cluster = null!;

    protected abstract Task<ClusterUnderTest> StartClusterAsync();

    public async Task InitializeAsync() => _cluster = await StartClusterAsync();

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [SkippableFact]
    public async Task Every_route_answers_as_it_always_did()
    {
        await using var service = await InProcess.StartAsync(
            _cluster.Flags(_data), new Dictionary<string, string> { ["CACHEMACHINE__PULL__RETRY_MIN"] = "1h", ["CACHEMACHINE__PULL__RETRY_MAX"] = "1h" });
        await NameAsync();
        var spec = Specs.Machine(
            "golden", Specs.Rubin(_cluster.Registry, _repository), Specs.Simple(("Missing", $"{_cluster.Registry}/{_repository}:missing")));

        var root = await service.GetAsync("/");
        _golden.Call((string)root["version"]!, "VERSION").Same("root", root);
        // The first answer: nothing is known yet.
        using (var unlisted = await service.Http.PostAsJsonAsync("/cachemachine/", spec))
            Assert.Equal("golden", (string)JsonNode.Parse(await unlisted.Content.ReadAsStringAsync())!["name"]!);
        _golden.Same("names", JsonNode.Parse(await service.Http.GetStringAsync("/cachemachine/"))!);

        await service.IsAsync(
            "golden", m => m["available_images"]!.AsArray().Count == 6 && (string)m["phase"]! == "Waiting" && Ours(m).Count == 6
                && m["pulls"]!.AsArray() is [JsonObject pull] && pull["errors"]!.AsObject().Count == 2,
            TimeSpan.FromSeconds(90), "all but the missing image are available and reported, and the missing one waits");
        _golden.Same("machine", Settled(await service.MachineAsync("golden")));
        _golden.Same("available", await service.GetAsync("/cachemachine/golden/available"));
        _golden.Same("desired", await service.GetAsync("/cachemachine/golden/desired"));
        // The same machine again: the same answer as GET.
        _golden.Same("machine", Settled(await service.PostAsync(spec)));

        using (var deleted = await service.Http.DeleteAsync("/cachemachine/golden"))
            _golden.Same("deleted", JsonNode.Parse(await deleted.Content.ReadAsStringAsync())!);
        using (var again = await service.Http.DeleteAsync("/cachemachine/golden"))
            _golden.Same("deleted-again", JsonNode.Parse(await again.Content.ReadAsStringAsync())!);
        using (var gone = await service.Http.GetAsync("/cachemachine/golden"))
            _golden.Same("not-found", JsonNode.Parse(await gone.Content.ReadAsStringAsync())!);
        using (var faulty = await service.Http.PostAsJsonAsync("/cachemachine/", new JsonObject { ["name"] = ".", ["repomen"] = "x", ["more"] = 1 }))
            _golden.Same("faulty", JsonNode.Parse(await faulty.Content.ReadAsStringAsync())!);
        await Eventually.Is(_cluster.DaemonSetsAsync, sets => sets.Count == 0, TimeSpan.FromSeconds(10), "no DaemonSet is left");
    }

    private async Task NameAsync()
    {
        _golden.Call(_cluster.Registry, "REGISTRY").Call(_repository, "REPOSITORY");
        foreach (var (i, node) in _cluster.Nodes.Index())
            _golden.Call($"\"{node}\"", $"\"NODE-{i + 1}\"").Call($" {node}:", $" NODE-{i + 1}:");
        foreach (var tag in Tags.Append("recommended"))
            _golden.Call(await _cluster.PushAsync(_repository, tag), $"DIGEST-OF-{tag}");
    }

    private JsonArray Ours(JsonObject machine) => new([.. machine["common_cache"]!.AsArray()
        .Where(image => ((string)image!["image_url"]!).Contains(_repository, StringComparison.Ordinal)).Select(image => image!.DeepClone())]);

    // What other tests have left on the nodes, and how the runtime says that an image is not found, is not for this test.
    private JsonObject Settled(JsonObject machine)
    {
        machine["common_cache"] = Ours(machine);
        foreach (var (node, error) in machine["pulls"]![0]!["errors"]!.AsObject().ToArray())
        {
            Assert.Contains("not found", (string)error!, StringComparison.Ordinal);
            machine["pulls"]![0]!["errors"]![node] = "REASON";
        }
        var message = (string)machine["message"]!;
        Assert.Contains("not found, tried again ", message, StringComparison.Ordinal);
        machine["message"] = message[..message.IndexOf(" on ", message.IndexOf("missing", StringComparison.Ordinal), StringComparison.Ordinal)];
        return machine;
    }
}

public sealed class GoldenAnswersOnTheSimulator : GoldenAnswers
{
    protected override async Task<ClusterUnderTest> StartClusterAsync() =>
        await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 2, SerializePulls = false });
}

[Trait("Category", "RealCluster")]
public sealed class GoldenAnswersOnARealCluster : GoldenAnswers
{
    protected override async Task<ClusterUnderTest> StartClusterAsync()
    {
        var cluster = await RealClusterUnderTest.GivenAsync();
        Skip.If((cluster.Nodes.Count, cluster.AllNodes) is not (2, 2), $"the answers are those of two nodes, and the cluster has {cluster.AllNodes}");
        return cluster;
    }
}
