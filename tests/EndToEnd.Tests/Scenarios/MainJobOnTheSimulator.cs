using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public sealed class MainJobOnTheSimulator(ITestOutputHelper output) : MainJob(output)
{
    protected override async Task<ClusterUnderTest> StartClusterAsync()
    {
        var cluster = await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 3, SerializePulls = false });
        await cluster.PushAsync("conformance/shell", "1");
        return cluster;
    }
}
