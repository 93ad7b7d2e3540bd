using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Host.Adapters;
using CacheMachine.Kubernetes.Resources;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Three replicas, and what may happen to them, on every kind of cluster and database. Each scenario prints the times that it measures.</summary>
public abstract partial class ManyReplicas(ReplicasFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _name = "many-" + Guid.NewGuid().ToString("N")[..6];

    private protected Replicas Replicas => fixture.Replicas;

    private protected JournalProbe Journal => fixture.Journal;

    private protected string Name => _name;

    private ClusterUnderTest Cluster => fixture.Cluster;

    /// <summary>Time in which others have the shards of a replica that is gone without a word.</summary>
    private TimeSpan TakeOver => fixture.LeaseDuration + TimeSpan.FromSeconds(5);

    public async Task InitializeAsync()
    {
        try
        {
            await Replicas.RecoverAsync(TimeSpan.FromMinutes(1));
        }
        catch
        {
            output.WriteLine(Replicas.ShowOutput());
            throw;
        }
    }

    /// <summary>Machines that a scenario leaves would be in the way of the next one.</summary>
    public async Task DisposeAsync()
    {
        Cluster.EndSlowImage();
        await Replicas.RecoverAsync(TimeSpan.FromMinutes(1));
        var names = (await Replicas.GetAsync(Replicas.Any(), "/cachemachine/")).Successful().Json.AsArray();
        await Task.WhenAll(names.Select(async name => (await Replicas.DeleteAsync(Replicas.Any(), (string)name!)).Successful()));
    }

    /// <summary>Runs a scenario; where it fails, what the replicas wrote is printed.</summary>
    private protected async Task ScenarioAsync(Func<Task> scenario)
    {
        try
        {
            await scenario();
        }
        catch
        {
            output.WriteLine(Replicas.ShowLeases());
            output.WriteLine(Replicas.ShowOutput());
            throw;
        }
    }

    private protected void Say(string what, TimeSpan took) => output.WriteLine($"{what}: {took.TotalSeconds:0.0} s");

    private protected void Say(string what) => output.WriteLine(what);

    /// <summary>Makes a machine whose only image is never there, and waits until its pull runs.</summary>
    private async Task<DaemonSet> PullAsync(string machine)
    {
        (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(machine, Specs.Simple(("slow", Cluster.SlowImage()))))).Successful();
        await Eventually.Is(
            () => Task.FromResult(DaemonSets(machine)), sets => sets.Count == 1, TimeSpan.FromSeconds(10), "a pull runs", Show);
        return DaemonSets(machine).Single();
    }

    /// <summary>The DaemonSets of a machine as they are.</summary>
    private IReadOnlyList<DaemonSet> DaemonSets(string machine) => [.. fixture.DaemonSets.Present.Where(set => IsOf(set, machine))];

    /// <summary>All DaemonSets that a machine ever had.</summary>
    private IReadOnlyList<string> EveryUid(string machine) =>
        [.. fixture.DaemonSets.Items.Where(set => IsOf(set, machine)).Select(set => set.Metadata.Uid!).Distinct()];

    private static bool IsOf(DaemonSet set, string machine) => set.Metadata.Labels?.GetValueOrDefault(PullDaemonSet.MachineLabel) == machine;

    private static string Show(IReadOnlyList<DaemonSet> sets) => string.Join("; ", sets.Select(set => $"{set.Metadata.Name} {set.Metadata.Uid}"));

    private static TimeSpan Since(long timestamp) => TimeProvider.System.GetElapsedTime(timestamp);

    private static long Now() => TimeProvider.System.GetTimestamp();

    /// <summary>Answers that are not 2xx are 503 with Retry-After, whatever happens.</summary>
    private static void AreGoodOrAskedToWait(IEnumerable<Answer> answers) =>
        Assert.All(answers, answer => Assert.True(answer.IsSuccess || answer is { Status: 503, HasRetryAfter: true }, answer.ToString()));
}
