using System.Globalization;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>The main job, on every kind of cluster.</summary>
public abstract class MainJob(ITestOutputHelper output) : IAsyncLifetime
{
    private static int _names;

    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly string _name = "m" + Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..6];
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
    public async Task A_Rubin_machine_is_fully_available_soon_after_its_POST_and_its_deletion_leaves_nothing()
    {
        await using var service = await InProcess.StartAsync(_cluster.Flags(_data));
        var repository = $"rubin/{_name}";
        foreach (var tag in new[] { "r21_0_0", "w_2021_22", "w_2021_21", "d_2021_06_15", "d_2021_06_14", "exp_w_2021_22_test" })
            await _cluster.PushAsync(repository, tag);
        await _cluster.PushAsync(repository, "recommended");

        await service.PostAsync(Specs.Machine(_name, Specs.Rubin(_cluster.Registry, repository)));
        var took = await service.BecomesAvailableAsync(_name, 6, _cluster.Soon);
        output.WriteLine($"six images available on {_cluster.Nodes.Count} nodes {took.TotalSeconds:0.0} s after the POST");
        Assert.Equal(
            ["Recommended", "Release r21.0.0", "Weekly 2021_22", "Weekly 2021_21", "Daily 2021_06_15", "Daily 2021_06_14"],
            await service.AvailableAsync(_name));

        await service.Http.DeleteAsync($"/cachemachine/{_name}");
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task A_missing_image_and_one_without_a_shell_do_not_hold_up_a_good_one()
    {
        await using var service = await InProcess.StartAsync(_cluster.Flags(_data));
        await _cluster.PushAsync(_name, "noshell", shell: false);
        await _cluster.PushAsync(_name, "good");

        await service.PostAsync(Specs.Machine(_name, Specs.Simple(
            ("missing", $"{_cluster.Registry}/{_name}:missing"),
            ("noshell", $"{_cluster.Registry}/{_name}:noshell"),
            ("good", $"{_cluster.Registry}/{_name}:good"))));
        await service.BecomesAvailableAsync(_name, 2, TimeSpan.FromSeconds(20));
        Assert.Equal(["noshell", "good"], await service.AvailableAsync(_name));

        await Eventually.Is(
            () => service.MachineAsync(_name),
            machine => machine["pulls"]!.AsArray() is [JsonObject missing] && missing["errors"]!.AsObject().Count == _cluster.Nodes.Count,
            TimeSpan.FromSeconds(20), "the missing image is reported on each node", machine => machine["pulls"]!.ToJsonString());
        var pull = (await service.MachineAsync(_name))["pulls"]![0]!;
        Assert.Equal($"{_cluster.Registry}/{_name}:missing", (string)pull["image"]!);
        Assert.All(pull["errors"]!.AsObject(), error => Assert.Contains("not found", (string)error.Value!, StringComparison.Ordinal));

        await service.Http.DeleteAsync($"/cachemachine/{_name}");
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task After_a_kill_during_a_pull_the_machine_is_back_by_itself_and_its_DaemonSet_is_adopted()
    {
        (string Name, string Uid) running;
        await using (var killed = await OwnProcess.StartAsync(_cluster.Flags(_data)))
        {
            await killed.PostAsync(Specs.Machine(_name, Specs.Simple(("slow", _cluster.SlowImage()))));
            await Eventually.Is(_cluster.DaemonSetsAsync, sets => sets.Count == 1, TimeSpan.FromSeconds(10), "a pull is running");
            running = Assert.Single(await _cluster.DaemonSetsAsync());
            await killed.KillAsync();
        }

        await using var service = await OwnProcess.StartAsync(_cluster.Flags(_data));
        await Eventually.Is(
            () => service.MachineAsync(_name), machine => machine["pulls"]!.AsArray().Count == 1, TimeSpan.FromSeconds(10), "the machine is back");
        Assert.Equal(running, Assert.Single(await _cluster.DaemonSetsAsync()));

        await service.Http.DeleteAsync($"/cachemachine/{_name}");
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Posting_the_same_name_again_replaces_the_machine_and_stops_its_pulls()
    {
        await using var service = await InProcess.StartAsync(_cluster.Flags(_data));
        await _cluster.PushAsync(_name, "good");
        var slow = Specs.Machine(_name, Specs.Simple(("slow", _cluster.SlowImage())));
        await service.PostAsync(slow);
        await Eventually.Is(_cluster.DaemonSetsAsync, sets => sets.Count == 1, TimeSpan.FromSeconds(10), "a pull is running");
        var running = await _cluster.DaemonSetsAsync();
        await service.PostAsync(slow);
        Assert.Equal(running, await _cluster.DaemonSetsAsync());

        await service.PostAsync(Specs.Machine(_name, Specs.Simple(("good", $"{_cluster.Registry}/{_name}:good"))));
        // A real kubelet pulls one image after another, and goes on with one that nobody wants any more until it fails.
        _cluster.EndSlowImage();
        await service.BecomesAvailableAsync(_name, 1, TimeSpan.FromSeconds(120));
        await Eventually.Is(_cluster.DaemonSetsAsync, sets => sets.Count == 0, TimeSpan.FromSeconds(5), "no pull is left");
        await service.Http.DeleteAsync($"/cachemachine/{_name}");
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Machines_that_have_nothing_to_do_say_why()
    {
        await using var service = await InProcess.StartAsync(_cluster.Flags(_data));
        await service.PostAsync(Specs.Machine($"{_name}-a"));
        await IsSaidAsync(service, $"{_name}-a", "Ready", "the machine has no repository managers, so no image is desired");

        var elsewhere = Specs.Machine($"{_name}-b", Specs.Simple(("x", "x:y")));
        elsewhere["labels"] = new JsonObject { ["no"] = "where" };
        await service.PostAsync(elsewhere);
        await IsSaidAsync(service, $"{_name}-b", "NoNodes", $"none of {_cluster.AllNodes} nodes matches the labels no=where");

        await service.PostAsync(Specs.Machine($"{_name}-c", Specs.Rubin(_cluster.Registry, "conformance/shell")));
        await IsSaidAsync(service, $"{_name}-c", "Ready", "the repositories have no image that is desired");

        await service.PostAsync(Specs.Machine($"{_name}-d", Specs.Rubin(_cluster.Registry, $"not/there-{_name}")));
        await IsSaidAsync(service, $"{_name}-d", "Starting", "no list yet from repository manager 0");
        Assert.Empty(await _cluster.DaemonSetsAsync());
    }

    private static Task<TimeSpan> IsSaidAsync(RunningService service, string machine, string phase, string message) => Eventually.Is(
        () => service.MachineAsync(machine), m => (string)m["phase"]! == phase && ((string)m["message"]!).StartsWith(message, StringComparison.Ordinal),
        TimeSpan.FromSeconds(10), $"{machine} says '{phase}: {message}'", m => $"{m["phase"]}: {m["message"]}");

    private async Task NothingIsLeftAsync()
    {
        var took = await Eventually.Is(
            async () => (Sets: await _cluster.DaemonSetsAsync(), Pods: await _cluster.PodsAsync()), left => left.Sets.Count == 0 && left.Pods.Count == 0,
            TimeSpan.FromSeconds(5), "no DaemonSet and no pod is left");
        output.WriteLine($"no DaemonSet and no pod {took.TotalSeconds:0.0} s after the deletion");
    }
}
