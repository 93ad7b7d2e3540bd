using CacheMachine.Simulator;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The simulated cluster, reached as a real one is: by a kubeconfig.</summary>
public sealed class SimulatorUnderTest : ClusterUnderTest
{
    private readonly string _kubeconfig = Path.GetTempFileName();

    private SimulatorUnderTest(SimulatedCluster cluster) => Cluster = cluster;

    /// <summary>To make things happen in it.</summary>
    public SimulatedCluster Cluster { get; }

    /// <inheritdoc/>
    public override string Kubeconfig => _kubeconfig;

    /// <inheritdoc/>
    public override string Registry => Cluster.Registry.Host;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nodes => Cluster.NodeNames;

    /// <summary>Starts one.</summary>
    public static async Task<SimulatorUnderTest> StartAsync(SimulatedClusterOptions options)
    {
        var cluster = new SimulatorUnderTest(await SimulatedCluster.StartAsync(options));
        cluster.Cluster.WriteKubeconfig(cluster._kubeconfig);
        return cluster;
    }

    /// <inheritdoc/>
    public override Task<string> PushAsync(string repository, string tag, bool shell = true) =>
        Task.FromResult(Cluster.Registry.Push(repository, tag, 1_000_000, shell));

    /// <inheritdoc/>
    public override string SlowImage(string repository = "slow/image")
    {
        Cluster.Registry.Push(repository, "1", 400_000_000_000);
        return $"{Registry}/{repository}:1";
    }

    /// <summary>The simulated nodes of these scenarios pull several images at once, so it is in nobody's way.</summary>
    public override void EndSlowImage()
    {
    }

    /// <inheritdoc/>
    protected override async ValueTask StopAsync()
    {
        await Cluster.DisposeAsync();
        File.Delete(_kubeconfig);
    }
}
