using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

[Trait("Category", "RealCluster")]
public sealed class MainJobOnARealCluster(ITestOutputHelper output) : MainJob(output)
{
    protected override async Task<ClusterUnderTest> StartClusterAsync() => await RealClusterUnderTest.GivenAsync();
}
