using System.Diagnostics;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

[Trait("Category", "RealCluster")]
public sealed class SleeperOnARealCluster : SleeperTests
{
    protected override TimeSpan LongEnough => TimeSpan.FromSeconds(20);

    protected override Task<ClusterUnderTest> StartClusterAsync() => Task.FromResult<ClusterUnderTest>(new RealClusterUnderTest());

    protected override async Task PushSleeperAsync(ClusterUnderTest cluster, string repository, string tag)
    {
        var program = Path.GetTempFileName();
        try
        {
            using (var build = Process.Start(Path.Combine(RealClusterUnderTest.Repository(), "src", "Sleeper", "build"), [program]))
            {
                await build.WaitForExitAsync();
                Assert.Equal(0, build.ExitCode);
            }
            await RealClusterUnderTest.CommandAsync("push", repository, tag, "--no-shell", "--file", $"sleeper={program}");
        }
        finally
        {
            File.Delete(program);
        }
    }
}
