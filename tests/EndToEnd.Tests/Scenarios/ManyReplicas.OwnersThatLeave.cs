using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    [Fact]
    public Task When_the_owner_of_a_machine_is_killed_during_a_pull_another_adopts_the_pull_after_the_lease() =>
        ScenarioAsync(() => AnotherTakesOverAsync(owner => owner.KillAsync(), TakeOver, "kill -9"));

    // As kubelet does with a container that died: the new process sees the Leases of the old one, and not how old they are.
    [Fact]
    public Task When_the_owner_of_a_machine_is_killed_and_is_back_before_its_lease_is_over_its_machines_wait_no_longer() => ScenarioAsync(async () =>
    {
        var machines = Enumerable.Range(0, 24).Select(number => $"{Name}-{number}").ToList();
        await Task.WhenAll(machines.Select(async machine => (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(machine))).Successful()));
        var owner = await Replicas.OwnerAsync(machines[0]);
        var (others, start) = (Replicas.Others(owner), Now());
        await owner.KillAsync();
        await Task.Delay(fixture.LeaseDuration * 0.8, TimeProvider.System);
        await owner.StartAsync();
        await Replicas.AnswerAsync(others, machines, TakeOver * 2);
        Say($"killed, and started again before its lease was over; the others answer for all {machines.Count} machines after", Since(start));
        Assert.InRange(Since(start), TimeSpan.Zero, TakeOver);
        await Journal.IsInOrderAsync();
    });

    [Fact]
    public Task When_the_owner_of_a_machine_is_told_to_stop_during_a_pull_another_adopts_the_pull_at_once() =>
        ScenarioAsync(() => AnotherTakesOverAsync(owner => owner.TerminateAsync(), TimeSpan.FromSeconds(2), "SIGTERM"));

    [Fact]
    public Task A_replica_that_was_frozen_past_its_lease_does_nothing_when_it_wakes() => ScenarioAsync(async () =>
    {
        await PullAsync(Name);
        var frozen = await Replicas.OwnerAsync(Name);
        var (holder, writer) = (Replicas.Holder(Name)!, (await Journal.MachineAsync(Name))[^1].Writer);
        frozen.Process.Freeze();
        var others = Replicas.Others(frozen);
        Say("frozen; another holds the shard after", await IsTakenFromAsync(holder, TakeOver));
        Say("the others answer after", await Replicas.AnswerAsync(others, [Name], TimeSpan.FromSeconds(5)));

        // The new owner writes, and makes a DaemonSet that the frozen one knows nothing of, so that it would take it for an orphan.
        (await Replicas.PostAsync(others[0], Specs.Machine(
            Name, Specs.Simple(("slow", Cluster.SlowImage()), ("other", Cluster.SlowImage("slow/other")))))).Successful();
        await Eventually.Is(() => Task.FromResult(DaemonSets(Name)), sets => sets.Count == 2, TimeSpan.FromSeconds(10), "two pulls run", Show);
        var waiting = Replicas.GetAsync(frozen, Replicas.Path(Name)); // In its socket until it wakes.
        var (sets, versions, rows) = (Identity(), fixture.DaemonSets.Versions.Count, (await Journal.MachineAsync(Name)).Count);

        var woken = Now();
        frozen.Process.Thaw();
        AreGoodOrAskedToWait([await waiting]);
        Say($"woken; what waited for it was answered with {(await waiting).Status} after", Since(woken));
        await Eventually.Is(
            async () => await Task.WhenAll(Replicas.All.Select(replica => Replicas.GetAsync(replica, Replicas.Path(Name) + "/desired"))),
            answers => answers.All(answer => answer.IsSuccess) && answers.Select(answer => answer.Body).Distinct().Count() == 1,
            TimeSpan.FromSeconds(20), "all replicas say the same", answers => string.Join("; ", answers.Select(a => a.ToString())));
        Say("all replicas say the same after", Since(woken));
        await Replicas.ShareAsync(TimeSpan.FromSeconds(30));
        Say("it has its share of the shards again after", Since(woken));

        Assert.Equal(sets, Identity());
        Assert.All(fixture.DaemonSets.Versions.Skip(versions).Where(v => IsOf(v.Item, Name)), v => Assert.False(v.IsDeleted));
        Assert.DoesNotContain((await Journal.MachineAsync(Name)).Skip(rows), row => row.Writer == writer);
        // Once it has the Lease again, it may look after its machine again. Until then it may not.
        var requests = frozen.Api.Requests.Where(request => request.At >= woken && request.IsWrite).ToList();
        Assert.DoesNotContain(
            requests.TakeWhile(r => !(r.Status == 200 && r.Line.Contains($"/leases/{Replicas.ShardLease(Name)} ", StringComparison.Ordinal))),
            request => request.Line.Contains("/daemonsets", StringComparison.Ordinal));
        await Journal.IsInOrderAsync();

        string[] Identity() => [.. DaemonSets(Name).Select(set => $"{set.Metadata.Name} {set.Metadata.Uid} {set.Metadata.Generation}").Order(StringComparer.Ordinal)];
    });

    private async Task AnotherTakesOverAsync(Func<Replica, Task> end, TimeSpan within, string how)
    {
        var pull = await PullAsync(Name);
        var (owner, holder) = (await Replicas.OwnerAsync(Name), Replicas.Holder(Name)!);
        var others = Replicas.Others(owner);
        var events = await Journal.MachineAsync(Name);

        var (start, answers) = (Now(), new List<Answer>());
        var ending = end(owner);
        await Eventually.Is(
            async () =>
            {
                var isTaken = Replicas.Holder(Name) is { } now && now != holder;
                var asked = await Task.WhenAll(others.Select(other => Replicas.GetAsync(other, Replicas.Path(Name))));
                answers.AddRange(asked);
                return (isTaken, asked);
            },
            seen => seen.isTaken && seen.asked.All(answer => answer.IsSuccess), TakeOver * 2, "the others answer, and one holds the shard",
            seen => $"taken: {seen.isTaken}; {string.Join("; ", seen.asked.Select(a => a.ToString()))}");
        var took = Since(start);
        Say($"{how}: all others answer for the machine after", took);
        Say($"{answers.Count(answer => !answer.IsSuccess)} of {answers.Count} answers were 503; the slowest took {answers.Max(a => a.Took).TotalSeconds:0.0} s");
        await ending;
        AreGoodOrAskedToWait(answers);
        Assert.InRange(took, TimeSpan.Zero, within);

        // Time for the new owner to do wrong: it has shown the pull, and the former is back.
        await Eventually.Is(
            () => Replicas.GetAsync(others[0], Replicas.Path(Name)), answer => answer.IsSuccess && answer.Json["pulls"]!.AsArray().Count == 1,
            TimeSpan.FromSeconds(10), "the new owner goes on with the pull");
        Say("the replica is back, and all answer, after", await Replicas.RecoverAsync(TimeSpan.FromSeconds(30), Name));
        Assert.Equal([pull.Metadata.Uid!], EveryUid(Name));
        Assert.Equal(events, await Journal.MachineAsync(Name));
        await Journal.IsInOrderAsync();

        (await Replicas.DeleteAsync(Replicas.Any(), Name)).Successful();
        await Eventually.Is(() => Task.FromResult(DaemonSets(Name)), sets => sets.Count == 0, TimeSpan.FromSeconds(5), "no DaemonSet is left", Show);
        Assert.Equal([pull.Metadata.Uid!], EveryUid(Name));
    }

    private Task<TimeSpan> IsTakenFromAsync(string holder, TimeSpan within) => Eventually.Is(
        () => Task.FromResult(Replicas.Holder(Name)), now => now is not null && now != holder, within, $"the shard of {Name} is taken from {holder}",
        _ => Replicas.ShowLeases());
}
