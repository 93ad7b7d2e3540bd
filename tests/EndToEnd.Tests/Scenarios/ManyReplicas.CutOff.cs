using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    [SkippableFact]
    public Task A_replica_that_was_frozen_until_others_took_its_place_writes_nothing_when_it_wakes() => ScenarioAsync(async () =>
    {
        var pull = await PullAsync(Name);
        var frozen = await Replicas.OwnerAsync(Name);
        var start = Now();
        await frozen.Process.FreezeAsync();
        var others = Replicas.All.Where(replica => replica != frozen).ToList();
        await Replicas.AnswerAsync(others, [Name], TakeOver);
        Say("frozen; the others answer after", Since(start));

        // The new owner makes a DaemonSet that the frozen one knows nothing of, so that it would take it for an orphan.
        (await Replicas.PostAsync(others[0], Specs.Machine(
            Name, Specs.Simple(("slow", Cluster.SlowImage()), ("other", Cluster.SlowImage("slow/other")))))).Successful();
        await Eventually.Is(() => Task.FromResult(DaemonSets(Name)), sets => sets.Count == 2, TimeSpan.FromSeconds(20), "two pulls run", Show);
        var waiting = Replicas.GetAsync(frozen, Replicas.Path(Name)); // In its socket until it wakes.
        var (sets, versions) = (Identity(), fixture.DaemonSets.Versions.Count);

        var woken = Now();
        frozen.Process.Thaw();
        Say("woken; it has ended after", await EndsItselfAsync(frozen, TakeOver));
        Say($"what waited for it: {await waiting}");
        Assert.Contains(frozen.Process.Output, line => line.Contains("This replica was frozen", StringComparison.Ordinal));
        Assert.Empty(Writes(frozen, woken));

        Say("it is back, and all answer, after", await Replicas.RecoverAsync(Recovery, Name));
        Assert.Equal(sets, Identity());
        Assert.All(fixture.DaemonSets.Versions.Skip(versions).Where(v => IsOf(v.Item, Name)), v => Assert.False(v.IsDeleted));
        Assert.Contains(pull.Metadata.Uid!, EveryUid(Name));
        await Journal.IsInOrderAsync();

        string[] Identity() => [.. DaemonSets(Name).Select(set => $"{set.Metadata.Name} {set.Metadata.Uid} {set.Metadata.Generation}").Order(StringComparer.Ordinal)];
    });

    [SkippableFact]
    public Task Of_two_sides_of_a_split_one_goes_on_and_the_other_has_ended_before_it_acts() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(9);
        await PullAsync(Name);
        var lone = await Replicas.OwnerAsync(Name);
        var others = Replicas.Others(lone);
        await Task.Delay(CopiesAreEverywhere, TimeProvider.System);
        var start = Now();
        Replicas.Split([lone], others);
        // Its owner has something to do all the time, whoever that is.
        var news = Task.Run(async () =>
        {
            for (var number = 0; lone.IsRunning; number++)
            {
                await Replicas.PostAsync(lone, Specs.Machine(Name, Specs.Simple(("new", Cluster.SlowImage($"slow/{number}")))));
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        });
        await using (var users = Users([.. machines, Name]))
        {
            await EndsItselfAsync(lone, TakeOver);
            Say("split; the lone replica has ended after", Since(start));
            await news;
            await Replicas.AnswerAsync(others, [.. machines, Name], TakeOver);
            Say("the others run all machines after", Since(start));
            await AreServedAsync(users);
        }
        Assert.All(others, replica => Assert.True(replica.IsRunning));
        var taken = others.SelectMany(replica => replica.Lines).Where(line => line.At > start && line.Text.Contains($"Machine {Name} runs ", StringComparison.Ordinal)).Min(line => line.At);
        Say("the machine's new owner began after", TimeProvider.System.GetElapsedTime(start, taken));
        Assert.Empty(Writes(lone, taken));
        if (Writes(lone, start).Count > 0)
            Say("the lone replica's last write was after", TimeProvider.System.GetElapsedTime(start, Writes(lone, start).Max(request => request.At)));
        Say("healed; it is back, and all answer, after", await Replicas.RecoverAsync(Recovery, [.. machines, Name]));
        await Journal.IsInOrderAsync();
    });

    [SkippableFact]
    public Task A_replica_that_alone_is_cut_off_from_the_API_server_stays_a_member() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(9);
        var holds = await fixture.HolderAsync();
        var lone = Replicas.All.Single(replica => replica.Address == holds);
        await Eventually.Is(() => Task.FromResult(machines.Any(machine => Replicas.Owner(machine) == lone)), any => any, TakeOver, "it runs a machine");
        await using (var users = Users(machines))
        {
            var start = Now();
            lone.Api.Traffic = Traffic.Silence;
            await Eventually.Is(() => fixture.HolderAsync(), holder => holder is not null && holder != lone.Address, TakeOver, "another replica holds the Lease of the cluster");
            Say("the holder of the Lease is cut off from the API server; another one holds it after", Since(start));
            await Replicas.AnswerAsync(Replicas.All, machines, TakeOver);
            lone.Api.Traffic = Traffic.Forward;
            await AreServedAsync(users);
        }
        var image = $"{Name}/good";
        await Cluster.PushAsync(image, "1");
        var its = machines.First(machine => Replicas.Owner(machine) == lone);
        await Replicas.CreateAsync(Specs.Machine(its, Specs.Simple(("good", $"{Cluster.Registry}/{image}:1"))));
        Say("back; it has pulled an image after", await Eventually.Is(
            () => Replicas.GetAsync(lone, Replicas.Path(its)), answer => answer.IsSuccess && answer.Json["available_images"]!.AsArray().Count == 1,
            Recovery, "the image is available"));
        Assert.Equal(lone, Replicas.Owner(its));
        Assert.All(Replicas.All, replica => Assert.True(replica.IsRunning));
        await Journal.IsInOrderAsync();
    });

    [SkippableFact]
    public Task While_the_API_server_is_away_the_replicas_go_on_and_a_loss_is_decided_when_it_is_back() => ScenarioAsync(async () =>
    {
        var machines = await CreateAsync(12);
        var pull = await PullAsync(Name);
        await Eventually.Is(() => Task.FromResult(machines.Select(Replicas.Owner).Distinct().Count()), owners => owners == 3, TakeOver, "each replica runs a machine");
        // Not the oldest: what is created and deleted meanwhile goes through it.
        var lost = Replicas.All.First(replica => replica != Replicas.Oldest());
        await Task.Delay(CopiesAreEverywhere, TimeProvider.System);
        await using var users = Users([.. machines, Name]);
        var start = Now();
        await fixture.StopApiServerAsync();
        try
        {
            // Longer than a newcomer would wait for a Lease.
            await Task.Delay(fixture.Outage / 2, TimeProvider.System);
            await lost.KillAsync();
            await Task.Delay(fixture.Outage / 2, TimeProvider.System);
        }
        finally
        {
            await fixture.StartApiServerAsync();
        }
        var back = Now();
        Assert.All(Replicas.Others(lost), replica => Assert.True(replica.IsRunning));
        await Replicas.AnswerAsync(Replicas.Running, [.. machines, Name], TakeOver);
        Say($"the API server was away for {TimeProvider.System.GetElapsedTime(start, back).TotalSeconds:0} s; the machines of a replica that was killed meanwhile run elsewhere after", Since(back));
        await AreServedAsync(users);
        await IsAdoptedAsync(pull);
    });
}
