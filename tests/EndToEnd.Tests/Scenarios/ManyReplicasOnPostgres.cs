using System.Diagnostics;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>The same, and what may happen to a PostgreSQL server.</summary>
public abstract class ManyReplicasOnPostgres(ReplicasFixture fixture, ITestOutputHelper output) : ManyReplicas(fixture, output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Replicas_that_are_cut_off_from_PostgreSQL_answer_reads_and_refuse_writes_with_503(bool silently) => ScenarioAsync(async () =>
    {
        string[] machines = [$"{Name}-0", $"{Name}-1", $"{Name}-2"];
        foreach (var machine in machines)
            (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(machine))).Successful();
        foreach (var replica in Replicas.All)
            replica.Database!.Traffic = silently ? Traffic.Silence : Traffic.Reset;

        await AreReadAsync(machines);
        var (refused, deleted) = ($"{Name}-refused", machines[0]);
        var writes = await Task.WhenAll(Replicas.PostAsync(Replicas.All[0], Specs.Machine(refused)), Replicas.DeleteAsync(Replicas.All[1], deleted));
        foreach (var write in writes)
        {
            Say(write.ToString());
            Assert.True(write is { Status: 503, HasRetryAfter: true }, write.ToString());
        }
        await AreReadAsync(machines);

        foreach (var replica in Replicas.All)
            replica.Database!.Traffic = Traffic.Forward;
        await IsWrittenAgainAsync("PostgreSQL can be reached again");
        // Whatever became of what was refused, it is wholly so.
        var list = (await Replicas.GetAsync(Replicas.Any(), "/cachemachine/")).Successful().Json.AsArray().Select(name => (string)name!).ToList();
        foreach (var machine in new[] { refused, deleted })
            Assert.Equal(list.Contains(machine) ? 200 : 404, (await Replicas.GetAsync(Replicas.Any(), Replicas.Path(machine))).Status);
        Assert.All(machines[1..], machine => Assert.Contains(machine, list));
        await Journal.IsInOrderAsync();
    });

    [Fact]
    public Task A_replica_that_alone_is_cut_off_from_PostgreSQL_answers_reads_for_its_machines_and_refuses_writes() => ScenarioAsync(async () =>
    {
        (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(Name))).Successful();
        var owner = await Replicas.OwnerAsync(Name);
        owner.Database!.Traffic = Traffic.Reset;
        foreach (var replica in Replicas.All)
            Assert.Equal(200, (await Replicas.GetAsync(replica, Replicas.Path(Name))).Status);
        var write = await Replicas.PostAsync(owner, Specs.Machine(Name).With("parallel_images", 7));
        Say(write.ToString());
        Assert.True(write is { Status: 503, HasRetryAfter: true }, write.ToString());
        foreach (var replica in Replicas.All)
            Assert.Equal(200, (await Replicas.GetAsync(replica, Replicas.Path(Name))).Status);
        owner.Database.Traffic = Traffic.Forward;
        await IsWrittenAgainAsync("PostgreSQL can be reached again");
        await Journal.IsInOrderAsync();
    });

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    public Task When_PostgreSQL_is_restarted_the_service_recovers_by_itself(string how) => ScenarioAsync(async () =>
    {
        string[] machines = [$"{Name}-0", $"{Name}-1", $"{Name}-2"];
        foreach (var machine in machines)
            (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(machine))).Successful();
        await PostgresAsync(how);
        try
        {
            await AreReadAsync(machines);
        }
        finally
        {
            await PostgresAsync("start");
        }
        await IsWrittenAgainAsync($"PostgreSQL: {how}, start");
        await AreReadAsync(machines);
        await Journal.IsInOrderAsync();
    });

    private async Task AreReadAsync(string[] machines)
    {
        var paths = machines.SelectMany(machine => new[] { Replicas.Path(machine), $"{Replicas.Path(machine)}/available" }).Prepend("/cachemachine/");
        var answers = await Task.WhenAll(Replicas.All.SelectMany(replica => paths.Select(path => Replicas.GetAsync(replica, path))));
        Assert.All(answers, answer => Assert.True(answer.IsSuccess, answer.ToString()));
    }

    private async Task IsWrittenAgainAsync(string since)
    {
        var start = TimeProvider.System.GetTimestamp();
        foreach (var replica in Replicas.All)
        {
            await Eventually.Is(
                async () =>
                {
                    var answer = await Replicas.PostAsync(replica, Specs.Machine($"{Name}-after-{replica.Name}"));
                    if (!answer.IsSuccess)
                        Say($"not yet: {answer}");
                    return answer;
                },
                answer => answer.IsSuccess, TimeSpan.FromSeconds(20), "a machine can be created again");
        }
        var took = TimeProvider.System.GetElapsedTime(start);
        Say($"{since}: machines can be created through all replicas after", took);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static async Task PostgresAsync(string command)
    {
        var directory = Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_POSTGRES_DIR")
            ?? throw new InvalidOperationException("CACHEMACHINE_TEST_POSTGRES_DIR is not set, so this PostgreSQL server cannot be restarted");
        var start = new ProcessStartInfo(Path.Combine(RealClusterUnderTest.Repository(), "tests", "postgres", "postgres"), [command, "--dir", directory])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"postgres {command}: {errors}");
    }
}
