using System.Globalization;
using System.Net;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Host.Clustering;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Three replicas on Akka.NET, processes on the loopback interface, on one simulated cluster and one database.</summary>
public sealed class ThreeReplicas(ITestOutputHelper output) : IAsyncLifetime
{
    // Akka.NET suspects a silent replica for 5 s, waits 7 s for a stable view, as long for its end, and starts its shards; the rest is for a busy computer.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30), TakenOver = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly List<OwnProcess> _replicas = [];
    private SimulatorUnderTest _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 3, SerializePulls = false });
        var key = Path.Combine(_data, "cluster-key");
        await File.WriteAllTextAsync(key, new string('k', 64));
        // The others are told of the first.
        var seed = LoopbackPort.Free();
        for (var i = 0; i < 3; i++)
        {
            _replicas.Add(await OwnProcess.StartAsync(_cluster.Flags(_data), new Dictionary<string, string>
            {
                ["CACHEMACHINE__CLUSTER__PORT"] = string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? seed : 0)}"),
                [ReplicaCluster.SeedNodes] = string.Create(CultureInfo.InvariantCulture, $"akka.tcp://{ReplicaCluster.SystemName}@127.0.0.1:{seed}"),
                ["CACHEMACHINE__CLUSTER__ENABLED"] = "true",
                ["CACHEMACHINE__CLUSTER__REPLICA"] = string.Create(CultureInfo.InvariantCulture, $"replica-{i}"),
                ["CACHEMACHINE__CLUSTER__KEY_FILE"] = key,
            }));
        }
        foreach (var replica in _replicas)
            await AnswersAsync(replica, Soon);
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Every_replica_answers_for_every_machine_and_each_machine_is_run_by_one()
    {
        await _cluster.PushAsync("a", "1");
        for (var i = 0; i < 6; i++)
            await _replicas[i % 3].PostAsync(Machine(i));
        foreach (var replica in _replicas)
        {
            Assert.Equal(Enumerable.Range(0, 6).Select(Name), await replica.NamesAsync());
            for (var i = 0; i < 6; i++)
                await replica.BecomesAvailableAsync(Name(i), 1, Soon);
        }
        Assert.All(Enumerable.Range(0, 6), i => Assert.Single(_replicas, replica => Runs(replica, Name(i))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_replica_ran_is_run_by_another_after_its_end(bool isToldToStop)
    {
        await _cluster.PushAsync("a", "1");
        for (var i = 0; i < 6; i++)
            await _replicas[0].PostAsync(Machine(i));
        for (var i = 0; i < 6; i++)
            await _replicas[0].BecomesAvailableAsync(Name(i), 1, Soon);
        // Not the first one, which the others were told of.
        var victim = _replicas[1..].First(replica => Enumerable.Range(0, 6).Any(i => Runs(replica, Name(i))));
        var its = Enumerable.Range(0, 6).Select(Name).Where(name => Runs(victim, name)).ToList();

        if (isToldToStop)
            Assert.Equal(0, await victim.TerminateAsync());
        else
            await victim.KillAsync();
        var others = _replicas.Where(replica => replica != victim).ToList();

        var began = TimeProvider.System.GetTimestamp();
        foreach (var replica in others)
        {
            foreach (var name in its)
                await AnswersAsync(replica, TakenOver, name);
        }
        output.WriteLine($"{its.Count} machines run elsewhere after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        foreach (var replica in others)
        {
            await AnswersAsync(replica, Soon);
            Assert.Equal(Enumerable.Range(0, 6).Select(Name), await replica.NamesAsync());
            foreach (var name in its)
                await replica.BecomesAvailableAsync(name, 1, Soon);
        }
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"m{i}");

    private System.Text.Json.Nodes.JsonObject Machine(int i) => Specs.Machine(Name(i), Specs.Simple(("a", $"{_cluster.Registry}/a:1")));

    // Each replica tells in its log which machines it starts.
    private static bool Runs(OwnProcess replica, string machine) => replica.Output.Any(line => line.Contains($"Machine {machine}: ", StringComparison.Ordinal));

    private static Task<TimeSpan> AnswersAsync(OwnProcess replica, TimeSpan within, string machine = "") => Eventually.Is(
        async () =>
        {
            using var answer = await replica.Http.GetAsync(new Uri($"/cachemachine/{machine}", UriKind.Relative));
            return answer.StatusCode;
        },
        status => status == HttpStatusCode.OK, within, $"the replica at {replica.Address} answers for '{machine}'");
}
