using System.Globalization;
using System.Net;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using CacheMachine.Simulator.Api;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Everything fails at random, and then stops failing.</summary>
public sealed class Storms(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const double Speed = 5;
    private const int Images = 6;

    // Of the clock of the test, which is five times as fast as the processor that does the work.
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(45), Converging = TimeSpan.FromSeconds(150);

    // A request that hangs is a fault until its end, 30 s later, so those begin early.
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(15);

    private static readonly (FaultKind Kind, double Share)[] Kinds =
    [
        (FaultKind.InternalError, 0.1), (FaultKind.Conflict, 0.1), (FaultKind.Gone, 0.05), (FaultKind.TooManyRequests, 0.1),
        (FaultKind.Reset, 0.05), (FaultKind.ResetAfter, 0.05),
    ];

    private readonly FastTime _time = new(Speed);
    private readonly ITestOutputHelper _output = output;

    public static TheoryData<int> Seeds => Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_SEED") is { } seed
        ? new TheoryData<int>(int.Parse(seed, CultureInfo.InvariantCulture))
        : new TheoryData<int>(1, 2, 3);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task After_a_storm_of_faults_the_machines_converge_within_seconds_and_nothing_stray_is_left(int seed)
    {
        _output.WriteLine($"seed {seed} (CACHEMACHINE_TEST_SEED={seed} repeats it)");
        await BeginAsync(
            new SimulatedClusterOptions { Nodes = 5, Seed = seed, TimeProvider = _time, Bandwidth = 1_000_000_000, BackOff = TimeSpan.FromSeconds(2) },
            ("PULL__RETRY_MIN", "1s"), ("PULL__RETRY_MAX", "5s"), ("REGISTRY__POLL_INTERVAL", "2s"), ("REGISTRY__BACKOFF_MAX", "4s"),
            // An image that is evicted before its node has ever reported it is missed only after this.
            ("PULL__EVIDENCE_GRACE", "10s"));
        var images = Enumerable.Range(0, Images).Select(i => ($"i{i}", Push($"simple/{i}", size: 500_000_000))).ToArray();
        foreach (var tag in new[] { "recommended", "r21_0_0", "w_2021_22", "w_2021_21", "d_2021_06_15", "d_2021_06_14" })
            Push("rubin", tag, 500_000_000);
        await Service.PostAsync(Specs.Machine("simple", Specs.Simple(images)));
        await Service.PostAsync(Specs.Machine("rubin", Specs.Rubin(Registry, "rubin")));
        await Service.PostAsync(Specs.Machine("gone", Specs.Simple(images)));

        var random = new Random(seed);
        foreach (var (kind, share) in Kinds)
            Cluster.Faults.Arm(kind, share: share);
        var hangs = Cluster.Faults.Arm(FaultKind.Timeout, share: 0.05);
        var (calm, end) = (_time.GetUtcNow() + Hanging, _time.GetUtcNow() + Lasting);
        var deleted = Task.CompletedTask;
        for (var step = 0; _time.GetUtcNow() < end; step++)
        {
            Disturb(random, step);
            if (_time.GetUtcNow() > calm)
                hangs.Dispose();
            if (step == 10)
                deleted = DeleteAsync("gone");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1000)), _time);
        }

        Calm();
        _output.WriteLine($"{Cluster.Requests.Total} requests of the API in the storm");
        var converging = _time.GetTimestamp();
        await deleted;
        _output.WriteLine($"{_time.GetElapsedTime(converging).TotalSeconds:0.0} s after the faults the deletion in the storm is answered");
        // While a watch is still broken the answers are those of the last picture, so the nodes themselves are asked first.
        await Eventually.Is(
            () => Task.FromResult(Cluster.NodeNames.SelectMany(node => images.Where(image => !Cluster.Node(node).Has(image.Item2)).Select(image => $"{image.Item1} on {node}")).ToList()),
            missing => missing.Count == 0, Converging / Speed, "every image is on every node", missing => $"missing: {string.Join(", ", missing)}");
        await Service.BecomesAvailableAsync("simple", Images, Converging / Speed);
        await Service.BecomesAvailableAsync("rubin", 6, Converging / Speed);
        await NothingIsLeftAsync(Converging / Speed);
        _output.WriteLine($"{_time.GetElapsedTime(converging).TotalSeconds:0.0} s after the faults all is well on {Cluster.NodeNames.Count} nodes, and nothing is left");
        Assert.Equal(["rubin", "simple"], (await Service.NamesAsync()).Order(StringComparer.Ordinal));
    }

    private async Task DeleteAsync(string machine) => await Eventually.Is(
        async () =>
        {
            using var answer = await Service.Http.DeleteAsync($"/cachemachine/{machine}");
            return answer.StatusCode;
        },
        status => status == HttpStatusCode.OK, (Lasting + Converging) / Speed, $"{machine} is deleted");

    private void Disturb(Random random, int step)
    {
        var nodes = Cluster.NodeNames;
        var node = Cluster.Node(nodes[random.Next(nodes.Count)]);
        switch (random.Next(14))
        {
            case 0 when nodes.Count < 9:
                Cluster.AddNode($"joined-{step}");
                break;
            case 1 when nodes.Count > 3:
                Cluster.RemoveNode(node.Name);
                break;
            case 2:
                node.Recreate();
                break;
            case 3:
                node.Reboot();
                break;
            case 4:
                node.NotReady();
                break;
            case 5:
                node.Ready();
                break;
            case 6:
                node.Cordon();
                break;
            case 7:
                node.Uncordon();
                break;
            case 8:
                Cluster.Registry.Troubles.Fail((HttpStatusCode)random.GetItems([403, 404, 500, 503], 1)[0], random.Next(2) == 0 ? null : "rubin");
                break;
            case 9:
                CalmRegistry();
                break;
            case 10:
                Cluster.Compact();
                break;
            case 11:
                node.Evict($"{Registry}/simple/{random.Next(Images)}:1");
                break;
            default:
                Cluster.Faults.BreakWatches();
                break;
        }
    }

    private void CalmRegistry()
    {
        Cluster.Registry.Troubles.Fail(null);
        Cluster.Registry.Troubles.Fail(null, "rubin");
    }

    private void Calm()
    {
        Cluster.Faults.Clear();
        CalmRegistry();
        foreach (var name in Cluster.NodeNames)
        {
            Cluster.Node(name).Ready();
            Cluster.Node(name).Uncordon();
        }
    }
}
