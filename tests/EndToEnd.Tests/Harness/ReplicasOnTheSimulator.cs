using CacheMachine.Simulator;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>On a simulated cluster, with an embedded database.</summary>
public class ReplicasOnTheSimulator : ReplicasFixture
{
    /// <inheritdoc/>
    public override TimeSpan StormTime { get; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public override TimeSpan Outage { get; } = TimeSpan.FromSeconds(16);

    /// <inheritdoc/>
    public override TimeSpan PollInterval { get; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override bool UsesPostgres => false;

    /// <inheritdoc/>
    protected override async Task<ClusterUnderTest> StartClusterAsync() =>
        await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 3, SerializePulls = false });
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class ReplicasOnPostgres : ReplicasOnTheSimulator
{
    /// <inheritdoc/>
    protected override bool UsesPostgres => true;
}
