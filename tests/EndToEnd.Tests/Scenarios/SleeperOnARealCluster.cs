using System.Diagnostics;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

[Trait("Category", "RealCluster")]
public sealed class SleeperOnARealCluster : SleeperTests
{
    protected override TimeSpan LongEnough => TimeSpan.FromSeconds(20);

    protected override async Task<ClusterUnderTest> StartClusterAsync() => await RealClusterUnderTest.GivenAsync();

    protected override async Task PushSleeperAsync(ClusterUnderTest cluster, string repository, string tag)
    {
        RealClusterUnderTest.NeedsOurs("an image with the sleeper cannot be pushed");
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
