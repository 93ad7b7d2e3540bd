using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public sealed class SleeperOnTheSimulator : SleeperTests
{
    protected override TimeSpan LongEnough => TimeSpan.FromSeconds(3);

    protected override async Task<ClusterUnderTest> StartClusterAsync() =>
        await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 3, SerializePulls = false });

    // What a simulated image can execute is what it has a shell for.
    protected override Task PushSleeperAsync(ClusterUnderTest cluster, string repository, string tag) => cluster.PushAsync(repository, tag);
}
