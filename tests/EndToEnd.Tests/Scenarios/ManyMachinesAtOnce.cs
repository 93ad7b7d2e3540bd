using System.Globalization;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Machines that are POSTed together want more of the cluster than it should give.</summary>
public sealed class ManyMachinesAtOnce(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const int Machines = 10, Images = 3, MostSets = 4, MostPods = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task They_never_make_more_DaemonSets_and_pods_than_allowed_and_all_get_done()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 3 }, ("PULL__MAX_DAEMON_SETS", Text(MostSets)), ("PULL__MAX_PODS", Text(MostPods)));
        for (var i = 0; i < Machines; i++)
            await Service.PostAsync(Specs.Machine($"m{i}", Specs.Simple([.. Enumerable.Range(0, Images).Select(n => ($"i{n}", Push($"m{i}/i{n}")))])));

        var (sets, pods) = (0, 0);
        await Eventually.Is(
            async () =>
            {
                sets = Math.Max(sets, (await DaemonSetsAsync()).Count);
                pods = Math.Max(pods, (await PodsAsync()).Count);
                var available = 0;
                for (var i = 0; i < Machines; i++)
                    available += (await Service.AvailableAsync($"m{i}")).Length;
                return available;
            },
            available => available == Machines * Images, Patience, "everything is available");

        Assert.InRange(sets, 1, MostSets);
        Assert.InRange(pods, 1, MostPods);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
