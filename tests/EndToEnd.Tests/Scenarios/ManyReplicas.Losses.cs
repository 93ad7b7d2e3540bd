using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    [SkippableFact]
    public Task When_the_oldest_and_the_owner_of_a_pull_are_killed_the_last_one_runs_all_and_they_join_it_again() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(12);
        var pull = await PullAsync(Name);
        var (oldest, owner) = (Replicas.Oldest()!, await Replicas.OwnerAsync(Name));
        await Task.Delay(CopiesAreEverywhere, TimeProvider.System);

        var start = Now();
        await using (var users = Users([.. machines, Name]))
        {
            await Task.WhenAll(new[] { oldest, owner }.Distinct().Select(replica => replica.KillAsync()));
            await Replicas.AnswerAsync(Replicas.Running, [.. machines, Name], TakeOver);
            Say($"the oldest ({oldest.Name}) and the owner of the pull ({owner.Name}) killed; the rest runs all machines after", Since(start));
            await AreServedAsync(users);
        }
        await IsAdoptedAsync(pull);

        // Who has the Lease of the cluster in its own name comes back, and must not form another one.
        Say("they are back, and all answer, after", await Replicas.RecoverAsync(Recovery, [.. machines, Name]));
        Assert.Equal([pull.Metadata.Uid!], EveryUid(Name));
        (await Replicas.DeleteAsync(Replicas.Any(), Name)).Successful();
        await Eventually.Is(() => Task.FromResult(DaemonSets(Name)), sets => sets.Count == 0, TimeSpan.FromSeconds(20), "no DaemonSet is left", Show);
    });

    [SkippableFact]
    public Task When_all_are_killed_and_started_again_they_form_one_cluster() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(6);
        var pull = await PullAsync(Name);
        var start = Now();
        await Task.WhenAll(Replicas.All.Select(replica => replica.KillAsync()));
        await Replicas.StartAsync();
        await Replicas.JoinAsync(Recovery);
        await Replicas.AnswerAsync(Replicas.All, [.. machines, Name], Recovery);
        Say("all killed and started again; all answer after", Since(start));
        Assert.Single(Replicas.All, replica => replica.Process.Output.Any(line => line.Contains("Supervising ", StringComparison.Ordinal)));
        await IsAdoptedAsync(pull);
    });

    [SkippableFact]
    public Task A_rolling_restart_under_load_fails_no_GET_and_loses_no_machine() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(9);
        var pull = await PullAsync(Name);
        await using (var users = Users([.. machines, Name]))
        {
            // The oldest comes first: its supervisor moves, too.
            foreach (var replica in Replicas.All.OrderByDescending(replica => replica == Replicas.Oldest()).ToList())
            {
                var start = Now();
                await replica.TerminateAsync();
                Say($"{replica.Name} has ended in order after", Since(start));
                await replica.StartAsync();
                await Replicas.JoinAsync(Recovery);
                await Replicas.AnswerAsync([replica], machines, TakeOver);
                Say($"{replica.Name} is back after", Since(start));
            }
            await AreServedAsync(users);
        }
        await IsAdoptedAsync(pull);
    });
}
