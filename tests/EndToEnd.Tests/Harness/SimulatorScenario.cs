using System.Text.Json.Nodes;
using CacheMachine.Simulator;
using k8s.Models;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A scenario that has a simulated cluster and a service to itself.</summary>
public abstract class SimulatorScenario(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private SimulatorUnderTest? _simulator;
    private InProcess? _service;

    /// <summary>Real time that a change in the API may take until the machine has dealt with it and says so: a second, and as much for a busy computer.</summary>
    protected static TimeSpan AtOnce { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest real wait for what takes a few pulls.</summary>
    protected static TimeSpan Soon { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The cluster, to make things happen in it.</summary>
    protected SimulatedCluster Cluster => _simulator!.Cluster;

    /// <summary>host:port of the registry.</summary>
    protected string Registry => Cluster.Registry.Host;

    private protected RunningService Service => _service!;

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        if (_simulator is not null)
            await _simulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Starts both.</summary>
    /// <param name="options">The cluster; its clock is the service's too.</param>
    /// <param name="settings">Settings of the service, as <c>PULL__RETRY_MIN</c>.</param>
    protected async Task BeginAsync(SimulatedClusterOptions options, params (string Key, string Value)[] settings)
    {
        await BeginClusterAsync(options);
        await BeginServiceAsync(settings);
    }

    /// <summary>Starts the cluster only.</summary>
    protected async Task<SimulatedCluster> BeginClusterAsync(SimulatedClusterOptions options)
    {
        _simulator = await SimulatorUnderTest.StartAsync(options);
        return _simulator.Cluster;
    }

    /// <summary>Starts the service.</summary>
    protected async Task BeginServiceAsync(params (string Key, string Value)[] settings) => _service = await InProcess.StartAsync(
        // A flag is stronger than the environment, so a list of registries in the settings takes the flag's place.
        settings.Any(s => s.Key == "REGISTRY__INSECURE_HOSTS") ? [.. _simulator!.Flags(_data).SkipLast(2)] : _simulator!.Flags(_data),
        settings.ToDictionary(s => $"CACHEMACHINE__{s.Key}", s => s.Value), Cluster.Options.TimeProvider);

    /// <summary>Puts an image into the registry.</summary>
    /// <returns>Its name.</returns>
    protected string Push(string repository, string tag = "1", long size = 1_000_000)
    {
        Cluster.Registry.Push(repository, tag, size);
        return $"{Registry}/{repository}:{tag}";
    }

    /// <summary>The DaemonSets of the service, as name and uid.</summary>
    protected Task<IReadOnlyList<(string Name, string Uid)>> DaemonSetsAsync() => _simulator!.DaemonSetsAsync();

    /// <summary>The pull pods of the service.</summary>
    protected Task<IReadOnlyList<V1Pod>> PodsAsync() => _simulator!.PodsAsync();

    /// <summary>Waits until a node is as it should be for the machine, and says how long that took.</summary>
    private protected async Task NodeIsAsync(string machine, string node, Func<JsonObject, bool> right, string what)
    {
        var took = await Service.IsAsync(machine, m => Node(m, node) is { } n && right(n), AtOnce, $"node {node} is {what}");
        output.WriteLine($"node {node} is {what}: known after {took.TotalMilliseconds:0} ms");
    }

    /// <summary>A node in the dump of a machine; null where there is none of that name.</summary>
    private protected static JsonObject? Node(JsonObject machine, string name) =>
        machine["nodes"]!.AsArray().Select(node => node!.AsObject()).FirstOrDefault(node => (string)node["name"]! == name);

    /// <summary>A pull in the dump of a machine; null where there is none of that image.</summary>
    private protected static JsonObject? Pull(JsonObject machine, string image) =>
        machine["pulls"]!.AsArray().Select(pull => pull!.AsObject()).FirstOrDefault(pull => (string)pull["image"]! == image);

    /// <summary>What a pull says of a node; empty where it says nothing.</summary>
    private protected static string Reason(JsonObject machine, string image, string node) => (string?)Pull(machine, image)?["errors"]?[node] ?? "";

    /// <summary>Waits until there is no DaemonSet and no pull pod.</summary>
    private protected Task<TimeSpan> NothingIsLeftAsync(TimeSpan within) => Eventually.Is(
        async () => (Sets: await DaemonSetsAsync(), Pods: await PodsAsync()), left => left.Sets.Count == 0 && left.Pods.Count == 0, within,
        "no DaemonSet and no pod is left", left => $"{string.Join(", ", left.Sets)}; {string.Join(", ", left.Pods.Select(pod => pod.Metadata.Name))}");
}
