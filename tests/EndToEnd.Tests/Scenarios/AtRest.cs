using System.Globalization;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Nothing changes, and everything is where it should be.</summary>
public sealed class AtRest(ITestOutputHelper output) : SimulatorScenario(output)
{
    private const double Speed = 20;
    private const int Machines = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(4);

    private readonly FastTime _time = new(Speed);
    private readonly ITestOutputHelper _output = output;

    [Fact]
    public async Task Ten_machines_write_nothing_to_the_API_and_ask_less_than_once_a_second()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 5, TimeProvider = _time });
        foreach (var tag in new[] { "recommended", "r21_0_0", "w_2021_22", "w_2021_21", "d_2021_06_15", "d_2021_06_14" })
            Push("rubin", tag);
        var simple = Push("simple");
        for (var i = 0; i < Machines; i++)
            await Service.PostAsync(Specs.Machine(Name(i), Specs.Rubin(Registry, "rubin"), Specs.Simple(("simple", simple))));
        for (var i = 0; i < Machines; i++)
            await Service.BecomesAvailableAsync(Name(i), 7, Soon);
        await NothingIsLeftAsync(Soon);

        var (before, registryBefore) = (Cluster.Requests.Snapshot(), Cluster.Registry.TotalRequests);
        await Task.Delay(Window, _time);
        var requests = Cluster.Requests.Snapshot()
            .Select(after => (after.Key.Verb, after.Key.Resource, Count: after.Value - before.GetValueOrDefault(after.Key)))
            .Where(request => request.Count > 0)
            .ToArray();
        _output.WriteLine($"in {Window.TotalSeconds:0} s: {string.Join(", ", requests.Select(r => $"{r.Count} {r.Verb} {r.Resource}").DefaultIfEmpty("no request of the API"))}");
        _output.WriteLine($"and {Cluster.Registry.TotalRequests - registryBefore} requests of the registry");
        Assert.DoesNotContain(requests, request => request.Verb is not ("get" or "list" or "watch"));
        Assert.InRange(requests.Where(request => request.Verb != "watch").Sum(request => request.Count) / Window.TotalSeconds, 0, 1);
        for (var i = 0; i < Machines; i++)
            Assert.Equal(7, (await Service.AvailableAsync(Name(i))).Length);
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"m{i}");
}
