using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Host.Kubernetes;
using k8s.Models;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Three replicas, and what may happen to them, on every kind of cluster and database. Each scenario prints the times that it measures.</summary>
public abstract partial class ManyReplicas(ReplicasFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    // All answer within 20 s of a loss; a busy machine gets half as much again.
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(30), Recovery = TimeSpan.FromMinutes(2);

    // What a machine has just said is on all replicas after this time, which nothing shows from outside.
    private static readonly TimeSpan CopiesAreEverywhere = TimeSpan.FromSeconds(4);

    private protected Replicas Replicas => fixture.Replicas;

    private protected JournalProbe Journal => fixture.Journal;

    private protected string Name { get; } = "many-" + Guid.NewGuid().ToString("N")[..6];

    private ClusterUnderTest Cluster => fixture.Cluster;

    /// <summary>A scenario begins with all three, and with no machine.</summary>
    public async Task InitializeAsync()
    {
        if (fixture.WhyNot is not null)
            return;
        try
        {
            Cluster.EndSlowImage();
            await Replicas.RecoverAsync(Recovery);
            var names = (await Replicas.GetAsync(Replicas.Any(), "/cachemachine/")).Successful().Json.AsArray();
            await Task.WhenAll(names.Select(name => Eventually.Is(
                () => Replicas.DeleteAsync(Replicas.Any(), (string)name!), answer => answer.IsSuccess, Recovery, $"{name} is deleted")));
        }
        catch
        {
            output.WriteLine(Replicas.ShowOutput());
            throw;
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a scenario; where it fails, what the replicas wrote is printed.</summary>
    private protected async Task ScenarioAsync(Func<Task> scenario)
    {
        Skip.If(fixture.WhyNot is not null, fixture.WhyNot);
        try
        {
            await scenario();
        }
        catch
        {
            output.WriteLine(Replicas.ShowOutput());
            throw;
        }
    }

    private protected void Say(string what, TimeSpan took) => output.WriteLine($"{what}: {took.TotalSeconds:0.0} s");

    private protected void Say(string what) => output.WriteLine(what);

    /// <summary>Makes machines without images, spread over the replicas.</summary>
    private protected async Task<IReadOnlyList<string>> CreateAsync(int count)
    {
        var machines = Enumerable.Range(0, count).Select(number => $"{Name}-{number}").ToList();
        await Task.WhenAll(machines.Select(machine => Replicas.CreateAsync(Specs.Machine(machine))));
        return machines;
    }

    /// <summary>Makes a machine whose only image is never there, and waits until its pull runs; no other scenario has pulled it.</summary>
    private async Task<V1DaemonSet> PullAsync(string machine)
    {
        await Replicas.CreateAsync(Specs.Machine(machine, Specs.Simple(("slow", Cluster.SlowImage($"slow/{machine}")))));
        await Eventually.Is(() => Task.FromResult(DaemonSets(machine)), sets => sets.Count == 1, TimeSpan.FromSeconds(20), "a pull runs", Show);
        return DaemonSets(machine).Single();
    }

    /// <summary>The DaemonSets of a machine as they are.</summary>
    private IReadOnlyList<V1DaemonSet> DaemonSets(string machine) => [.. fixture.DaemonSets.Present.Where(set => IsOf(set, machine))];

    /// <summary>All DaemonSets that a machine ever had.</summary>
    private IReadOnlyList<string> EveryUid(string machine) =>
        [.. fixture.DaemonSets.Items.Where(set => IsOf(set, machine)).Select(set => set.Metadata.Uid!).Distinct()];

    /// <summary>The new owner has shown a pull, and goes on with it: the same DaemonSet, and no line of the history was lost or doubled.</summary>
    private async Task IsAdoptedAsync(V1DaemonSet pull)
    {
        await Eventually.Is(
            () => Replicas.GetAsync(Replicas.Any(), Replicas.Path(Name)), answer => answer.IsSuccess && answer.Json["pulls"]!.AsArray().Count == 1,
            TakeOver, "the new owner goes on with the pull");
        Assert.Equal([pull.Metadata.Uid!], EveryUid(Name));
        await Journal.IsInOrderAsync();
    }

    private static bool IsOf(V1DaemonSet set, string machine) => set.Metadata.Labels?.TryGetValue(PullDaemonSet.MachineLabel, out var name) == true && name == machine;

    private static string Show(IReadOnlyList<V1DaemonSet> sets) => string.Join("; ", sets.Select(set => $"{set.Metadata.Name} {set.Metadata.Uid}"));

    private static TimeSpan Since(long timestamp) => TimeProvider.System.GetElapsedTime(timestamp);

    private static long Now() => TimeProvider.System.GetTimestamp();

    /// <summary>What a replica asked of the API server to change, as far as it is in the clear.</summary>
    private static IReadOnlyList<CutOff.Request> Writes(Replica replica, long since) => [.. replica.Api.Requests.Where(request => request.At >= since && request.IsWrite)];

    /// <summary>Waits until a replica has ended by itself, as one does that must be started anew.</summary>
    private static async Task<TimeSpan> EndsItselfAsync(Replica replica, TimeSpan within)
    {
        var took = await Eventually.Is(() => Task.FromResult(replica.IsRunning), running => !running, within, $"{replica.Name} has ended");
        Assert.Equal(1, replica.Process.ExitCode);
        return took;
    }

    /// <summary>Users who read all the time, whatever happens.</summary>
    private protected Load Users(IReadOnlyList<string> machines) => new(
        Replicas, 30, ["/cachemachine/", .. machines.SelectMany(machine => new[] { Replicas.Path(machine), $"{Replicas.Path(machine)}/available", $"{Replicas.Path(machine)}/desired" })]);

    /// <summary>Not one of them was left without an answer.</summary>
    private protected async Task AreServedAsync(Load users)
    {
        var result = await users.StopAsync();
        Say(result.ToString());
        foreach (var failure in result.Failures.Take(10))
            Say(failure.ToString());
        Assert.Empty(result.Failures);
        Assert.True(result.Asked > 50, $"only {result.Asked} requests were made");
    }
}
