using System.Net;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Images that cannot be pulled: each says why, node by node, and holds up no other.</summary>
public sealed class PullTroubles(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const long Gigabyte = 1_000_000_000;
    private const double Speed = 20;

    private readonly ITestOutputHelper _output = output;

    [Theory]
    [InlineData("1.20")]
    [InlineData("1.36")]
    public async Task A_full_disk_and_an_unauthorized_image_are_said_in_words_while_other_images_go_on(string kubernetes)
    {
        await BeginAsync(
            new SimulatedClusterOptions { Release = Release(kubernetes), Nodes = 3, DiskBytes = 10 * Gigabyte, Bandwidth = 100 * Gigabyte },
            ("PULL__RETRY_MIN", "10m"));
        var (big, secret, good) = (Push("big", size: 5 * Gigabyte), Push("secret"), Push("good"));
        Cluster.Node("n1").FillDisk(8 * Gigabyte);
        Cluster.Registry.Troubles.Fail(HttpStatusCode.Unauthorized, "secret");

        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("big", big), ("secret", secret), ("good", good))));
        await Service.IsAsync("m", m => m["available_images"]!.AsArray() is [{ } one] && (string)one["name"]! == "good", Soon, "the good one is available");
        await SaysAsync(big, "n1", "no space left on device");
        foreach (var node in Cluster.NodeNames)
            await SaysAsync(secret, node, "401 Unauthorized");

        foreach (var node in new[] { "n2", "n3" })
        {
            await Service.IsAsync(
                "m", m => Node(m, node)!["missing"]!.AsArray() is [{ } left] && (string)left! == secret, Soon, $"{node} lacks only the one that it may not have");
        }
        var machine = await Service.MachineAsync("m");
        Assert.Equal([big, secret], Node(machine, "n1")!["missing"]!.AsArray().Select(image => (string)image!));
        Assert.True(Cluster.Node("n3").Has(big));
        _output.WriteLine((string)machine["message"]!);
        await NothingIsLeftAsync(Soon);
    }

    [Theory]
    [InlineData("1.20")]
    [InlineData("1.36")]
    public async Task A_registry_that_wants_fewer_requests_gets_fewer_and_other_registries_are_pulled_from_meanwhile(string kubernetes)
    {
        await BeginAsync(new SimulatedClusterOptions { Release = Release(kubernetes), Nodes = 2, TimeProvider = new FastTime(Speed) });
        var (limited, same) = (Push("limited"), Push("same"));
        Push("library/elsewhere");
        Cluster.Registry.Troubles.Fail(HttpStatusCode.TooManyRequests, "limited");
        // The nodes have a mirror of docker.io, which to the service is another registry.
        await Service.PostAsync(Specs.Machine("other"));
        await Service.PostAsync(
            Specs.Machine("m", Specs.Simple(("limited", limited), ("same", same), ("elsewhere", "elsewhere:1"))).With("parallel_images", 1));
        foreach (var node in Cluster.NodeNames)
        {
            await SaysAsync(limited, node, "429 Too Many Requests");
            await SaysAsync(same, node, "asked for fewer requests");
        }
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Assert.Equal(["elsewhere"], await Service.AvailableAsync("m"));
        // Another machine has no try of its own.
        var others = Push("others");
        await Service.PostAsync(Specs.Machine("other", Specs.Simple(("others", others), ("elsewhere", "elsewhere:1"))));
        await SaysOfAsync("other", others, "n1", "asked for fewer requests");
        await Service.BecomesAvailableAsync("other", 1, Soon);
        Assert.All(Cluster.NodeNames, node => Assert.False(Cluster.Node(node).Has(same) || Cluster.Node(node).Has(others)));

        Cluster.Registry.Troubles.Fail(null, "limited");
        var took = await Service.BecomesAvailableAsync("m", 3, Soon);
        await Service.BecomesAvailableAsync("other", 2, Soon);
        _output.WriteLine($"the other images of the registry came {took.TotalSeconds * Speed:0} s after its trouble was over");
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task A_pod_that_finds_no_place_says_why_and_its_image_comes_when_there_is_one()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, PodsPerNode = 1, SerializePulls = false }, ("PULL__RETRY_MIN", "1s"), ("PULL__RETRY_MAX", "2s"));
        var (endless, good) = (Push("endless", size: 1_000_000 * Gigabyte), Push("good"));
        await Service.PostAsync(Specs.Machine("full", Specs.Simple(("endless", endless))));
        await Eventually.Is(PodsAsync, pods => pods.Count(pod => pod.Spec?.NodeName is not null) == 2, Soon, "both nodes are full");
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("good", good))));
        await Service.IsAsync(
            "m", m => Cluster.NodeNames.All(node => Reason(m, good, node) is var why && why.StartsWith("pod not scheduled: ", StringComparison.Ordinal)
                && why.Contains("Too many pods", StringComparison.Ordinal)), Soon, "its pods find no place");

        using (await Service.Http.DeleteAsync(new Uri("/cachemachine/full", UriKind.Relative)))
            await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task An_image_that_failed_comes_when_its_trouble_is_over()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2 }, ("PULL__RETRY_MIN", "1s"), ("PULL__RETRY_MAX", "2s"));
        var image = Push("app");
        Cluster.Registry.Troubles.Fail(HttpStatusCode.ServiceUnavailable);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))));
        await SaysAsync(image, "n1", "503");
        Cluster.Registry.Troubles.Fail(null);
        await Service.BecomesAvailableAsync("m", 1, Soon);
        Assert.Empty((await Service.MachineAsync("m"))["pulls"]!.AsArray());
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task A_name_that_no_runtime_accepts_is_said_in_its_words()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 1 });
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("elsewhere", "nowhere.invalid/app:1"), ("good", Push("good")))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await SaysAsync("nowhere.invalid/app:1", "n1", "no such host");
    }

    // Their kubelets say the same in different words.
    private static KubernetesRelease Release(string name) => KubernetesRelease.All.Single(release => release.Name == name);

    private Task<TimeSpan> SaysAsync(string image, string node, string words) => SaysOfAsync("m", image, node, words);

    private Task<TimeSpan> SaysOfAsync(string machine, string image, string node, string words) =>
        Service.IsAsync(machine, m => Reason(m, image, node).Contains(words, StringComparison.Ordinal), Soon, $"{image} on {node}: {words}");
}
