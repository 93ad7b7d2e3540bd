using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What is on a node, against what it reports.</summary>
public sealed class Presence(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const double Speed = 20;

    private readonly FastTime _time = new(Speed);
    private readonly ITestOutputHelper _output = output;

    [Fact]
    public async Task With_more_than_fifty_images_on_a_node_what_it_does_not_report_stays_available_and_is_not_pulled_again()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, TimeProvider = _time });
        foreach (var node in Cluster.NodeNames)
        {
            for (var i = 0; i < 60; i++)
                Cluster.Node(node).AddImage(2_000_000_000 + i, $"other.example/big/{i}:1");
        }
        var images = Enumerable.Range(0, 5).Select(i => ($"i{i}", Push($"small/{i}"))).ToArray();
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(images)));
        await Service.BecomesAvailableAsync("m", 5, Soon);
        await NothingIsLeftAsync(Soon);
        var reported = (await Service.MachineAsync("m"))["common_cache"]!.AsArray();
        Assert.DoesNotContain(reported, image => ((string)image!["image_url"]!).Contains("small", StringComparison.Ordinal));

        var writes = Cluster.Requests.Writes;
        await Task.Delay(TimeSpan.FromMinutes(5), _time);
        Assert.Equal(writes, Cluster.Requests.Writes);
        Assert.Equal(5, (await Service.AvailableAsync("m")).Length);

        // A rebooted node may have lost what only a pull has proven; asking again costs a moment, because kubelet has the image.
        Cluster.Node("n1").Reboot();
        await Eventually.Is(() => Task.FromResult(Cluster.Requests.Count("create", "daemonsets")), count => count >= 10, Soon, "each image is asked for again");
        await Service.BecomesAvailableAsync("m", 5, Soon);
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task One_digest_under_several_names_is_each_of_them_and_entries_without_a_name_are_nothing()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, TimeProvider = _time });
        foreach (var tag in new[] { "w_2021_22", "latest", "recommended" })
            Cluster.Registry.Push("same", tag, 1_000_000, content: "the same");
        Cluster.Registry.Push("elsewhere", "1", 1_000_000, content: "the same");
        Cluster.Node("n1").AddImage(5_000_000, "<none>@<none>", "<none>:<none>");
        Cluster.Node("n2").AddImage(5_000_000, $"{Registry}/same@sha256:{new string('0', 64)}", "<none>:<none>");
        Cluster.Node("n2").Preload($"{Registry}/same:latest");

        await Service.PostAsync(Specs.Machine("m", Specs.Simple(
            ("weekly", $"{Registry}/same:w_2021_22"), ("latest", $"{Registry}/same:latest"), ("recommended", $"{Registry}/same:recommended"),
            ("elsewhere", $"{Registry}/elsewhere:1"))));
        await Service.BecomesAvailableAsync("m", 4, Soon);
        await NothingIsLeftAsync(Soon);
        Assert.All(Cluster.NodeNames, node => Assert.True(Cluster.Node(node).Has($"{Registry}/same:w_2021_22")));

        var digest = Cluster.Registry.Digest("same", "latest");
        await Service.IsAsync(
            "m", machine => machine["common_cache"]!.AsArray().Count(image => (string)image!["image_hash"]! == digest) == 4, Soon, "all names are reported");
        var writes = Cluster.Requests.Writes;
        await Task.Delay(TimeSpan.FromMinutes(3), _time);
        Assert.Equal(writes, Cluster.Requests.Writes);
        Assert.Equal(4, (await Service.AvailableAsync("m")).Length);
    }

    [Fact]
    public async Task An_image_by_digest_is_available_by_digest()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, TimeProvider = _time });
        var digest = Cluster.Registry.Push("app", "1", 1_000_000);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", $"{Registry}/app@{digest}"))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
        var writes = Cluster.Requests.Writes;
        await Task.Delay(TimeSpan.FromMinutes(3), _time);
        Assert.Equal(writes, Cluster.Requests.Writes);
        Assert.Single(await Service.AvailableAsync("m"));
    }

    [Fact]
    public async Task A_reboot_costs_nothing_where_the_node_reports_its_images()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, TimeProvider = _time });
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", Push("app")))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await Service.IsAsync("m", machine => machine["common_cache"]!.AsArray().Count == 1, Soon, "both nodes report the image");
        await NothingIsLeftAsync(Soon);
        var writes = Cluster.Requests.Writes;
        Cluster.Node("n1").Reboot();
        await Task.Delay(TimeSpan.FromMinutes(2), _time);
        Assert.Equal(writes, Cluster.Requests.Writes);
        Assert.Single(await Service.AvailableAsync("m"));
    }

    [Fact]
    public async Task A_node_that_was_replaced_by_an_empty_one_of_the_same_name_is_filled_again()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2 });
        var image = Push("app", size: 1_000_000_000);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);

        Cluster.Node("n1").Recreate();
        var noticed = await Eventually.Is(() => Service.AvailableAsync("m"), names => names.Length == 0, AtOnce, "the image is not available any more");
        var back = await Service.BecomesAvailableAsync("m", 1, Soon);
        _output.WriteLine($"noticed after {noticed.TotalMilliseconds:0} ms, and available again {back.TotalSeconds:0.0} s later");
        Assert.True(Cluster.Node("n1").Has(image));
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task An_image_that_a_node_has_lost_is_back_by_itself()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 2, ReportDelay = TimeSpan.FromMilliseconds(100) });
        var image = Push("app", size: 1_000_000_000);
        await Service.PostAsync(Specs.Machine("m", Specs.Simple(("app", image))));
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await Service.IsAsync("m", machine => machine["common_cache"]!.AsArray().Count == 1, Soon, "both nodes report the image");

        Cluster.Node("n1").Evict(image);
        var noticed = await Eventually.Is(() => Service.AvailableAsync("m"), names => names.Length == 0, AtOnce, "the image is not available any more");
        var back = await Service.BecomesAvailableAsync("m", 1, Soon);
        _output.WriteLine($"noticed after {noticed.TotalMilliseconds:0} ms, and available again {back.TotalSeconds:0.0} s later");
        Assert.True(Cluster.Node("n1").Has(image));
        await NothingIsLeftAsync(Soon);
    }
}
