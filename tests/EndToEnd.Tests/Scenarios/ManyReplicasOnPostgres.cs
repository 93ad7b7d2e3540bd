using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>The same, and what may happen to a PostgreSQL server. More of that is in <see cref="JournalOnPostgres"/>, with one replica.</summary>
public abstract class ManyReplicasOnPostgres(ReplicasFixture fixture, ITestOutputHelper output) : ManyReplicas(fixture, output)
{
    [SkippableFact]
    public Task Replicas_that_are_cut_off_from_PostgreSQL_answer_reads_and_refuse_writes_with_503() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(6);
        await using var users = Users(machines);
        foreach (var replica in Replicas.All)
            replica.Database!.Traffic = Traffic.Silence;
        var (refused, deleted) = ($"{Name}-refused", machines[0]);
        var writes = await Task.WhenAll(Replicas.PostAsync(Replicas.All[0], Specs.Machine(refused)), Replicas.DeleteAsync(Replicas.All[1], deleted));
        foreach (var write in writes)
        {
            Say(write.ToString());
            Assert.True(write is { Status: 503, HasRetryAfter: true }, write.ToString());
        }

        foreach (var replica in Replicas.All)
            replica.Database!.Traffic = Traffic.Forward;
        var start = TimeProvider.System.GetTimestamp();
        foreach (var replica in Replicas.All)
        {
            await Eventually.Is(
                () => Replicas.PostAsync(replica, Specs.Machine($"{Name}-after-{replica.Name}")), answer => answer.IsSuccess, TimeSpan.FromSeconds(30), "a machine can be created again");
        }
        Say("PostgreSQL is back; machines can be created through all replicas after", TimeProvider.System.GetElapsedTime(start));
        await AreServedAsync(users);
        // Whatever became of what was refused, it is wholly so.
        var list = (await Replicas.GetAsync(Replicas.Any(), "/cachemachine/")).Successful().Json.AsArray().Select(name => (string)name!).ToList();
        foreach (var machine in new[] { refused, deleted })
            Assert.Equal(list.Contains(machine) ? 200 : 404, (await Replicas.GetAsync(Replicas.Any(), Replicas.Path(machine))).Status);
        Assert.All(machines.Where(machine => machine != deleted), machine => Assert.Contains(machine, list));
        await Journal.IsInOrderAsync();
    });
}
