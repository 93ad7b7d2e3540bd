using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    [Fact]
    public Task A_replica_that_is_cut_off_from_the_API_server_steps_down_before_another_takes_its_place() => ScenarioAsync(async () =>
    {
        var pull = await PullAsync(Name);
        var (owner, holder) = (await Replicas.OwnerAsync(Name), Replicas.Holder(Name)!);
        var others = Replicas.Others(owner);

        var (cut, asked) = (Now(), new List<Task<Answer>>());
        owner.Api.Traffic = Traffic.Silence;
        using (var timer = new PeriodicTimer(Often, TimeProvider.System))
        {
            while (Replicas.Holder(Name) == holder && Since(cut) < TakeOver && await timer.WaitForNextTickAsync())
                asked.Add(Replicas.GetAsync(owner, Replicas.Path(Name)));
        }
        await IsTakenFromAsync(holder, TimeSpan.FromSeconds(5));
        await Replicas.AnswerAsync(others, [Name], TimeSpan.FromSeconds(5));
        Say("cut off from the API server; the others answer after", Since(cut));
        Assert.InRange(Since(cut), TimeSpan.Zero, TakeOver);
        var taken = fixture.Replicas.Leases.Versions.First(v =>
            v.Seen > cut && v.Item.Metadata.Name == Replicas.ShardLease(Name) && v.Item.Spec?.HolderIdentity is { } now && now != holder).Seen;
        var answers = await Task.WhenAll(asked);
        AreGoodOrAskedToWait(answers);
        var last = answers.Last(answer => answer.IsSuccess && answer.Answered < taken);
        Say("its last answer as the owner came after", TimeProvider.System.GetElapsedTime(cut, last.Answered));
        Say("another held the shard after", TimeProvider.System.GetElapsedTime(cut, taken));
        var silent = answers.Count(answer => answer.Asked > last.Answered && answer.Asked < taken);
        Assert.True(silent > 0, $"it answered as the owner until another held the shard: {last}");

        Say("back; all answer and share the shards after", await Replicas.RecoverAsync(TimeSpan.FromSeconds(60), Name));
        Assert.Equal([pull.Metadata.Uid!], EveryUid(Name));
        await Journal.IsInOrderAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Replicas_that_are_cut_off_from_each_other_answer_for_their_own_machines_and_503_for_the_others(bool silently) => ScenarioAsync(async () =>
    {
        var machines = Enumerable.Range(0, 8).Select(number => $"{Name}-{number}").ToList();
        foreach (var machine in machines)
            (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(machine))).Successful();
        var holders = machines.ToDictionary(machine => machine, machine => Replicas.Holder(machine)!);

        foreach (var replica in Replicas.All)
            replica.Peers.Traffic = silently ? Traffic.Silence : Traffic.Reset;
        var start = Now();
        var answers = await Task.WhenAll(Replicas.All.SelectMany(replica => machines.Select(async machine =>
            (IsOwn: Replicas.Named(holders[machine]) == replica, Answer: await Replicas.GetAsync(replica, Replicas.Path(machine))))));
        Say($"cut off from each other; {answers.Count(a => a.IsOwn)} own machines and {answers.Count(a => !a.IsOwn)} others asked for, all answered after", Since(start));
        Say("the slowest answer for an own machine took", answers.Where(a => a.IsOwn).Max(a => a.Answer.Took));
        Assert.All(answers, a => Assert.True(a.IsOwn ? a.Answer.Status == 200 : a.Answer is { Status: 503, HasRetryAfter: true }, a.ToString()));
        Assert.Contains(answers, a => a.IsOwn);
        Assert.Contains(answers, a => !a.IsOwn);
        Assert.All(answers, a => Assert.InRange(a.Answer.Took, TimeSpan.Zero, TimeSpan.FromSeconds(10)));

        foreach (var replica in Replicas.All)
            replica.Peers.Traffic = Traffic.Forward;
        Say("back; all answer for all machines after", await Replicas.AnswerAsync(Replicas.All, machines, TimeSpan.FromSeconds(15)));
        // Nothing was wrong with the Leases.
        Assert.All(machines, machine => Assert.Equal(holders[machine], Replicas.Holder(machine)));
    });

    [Fact]
    public Task While_the_API_server_is_away_nothing_is_lost_and_no_pull_begins_twice() => ScenarioAsync(async () =>
    {
        var pull = await PullAsync(Name);
        var other = $"{Name}-other";
        (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(other))).Successful();
        var answers = new List<Answer>();

        var start = Now();
        await fixture.StopApiServerAsync();
        try
        {
            // Past the lease: nobody may act any more.
            await Eventually.Is(
                async () =>
                {
                    var asked = await Task.WhenAll(Replicas.All.Select(replica => Replicas.GetAsync(replica, Replicas.Path(Name))));
                    answers.AddRange(asked);
                    return asked.Count(answer => answer.IsSuccess);
                },
                good => good == 0, fixture.LeaseDuration + TimeSpan.FromSeconds(5), "nobody answers for the machine any more");
            Say("the API server is away; nobody acts any more after", Since(start));
        }
        finally
        {
            await fixture.StartApiServerAsync();
        }
        AreGoodOrAskedToWait(answers);
        Say("the API server is back; all answer after", await Replicas.AnswerAsync(Replicas.All, [Name, other], TimeSpan.FromSeconds(30)));

        var image = $"{Name}/good";
        await Cluster.PushAsync(image, "1");
        Cluster.EndSlowImage();
        (await Replicas.PostAsync(Replicas.Any(), Specs.Machine(other, Specs.Simple(("good", $"{Cluster.Registry}/{image}:1"))))).Successful();
        Say("an image is pulled after", await Eventually.Is(
            () => Replicas.GetAsync(Replicas.Any(), Replicas.Path(other)), answer => answer.IsSuccess && answer.Json["available_images"]!.AsArray().Count == 1,
            TimeSpan.FromSeconds(90), "the image is available"));
        Assert.Equal(pull.Metadata.Uid!, EveryUid(Name)[0]);
        Assert.Single(await Journal.MachineAsync(Name), row => row.Manifest.StartsWith("pull-started/", StringComparison.Ordinal) && row.Number <= 3);
        await Journal.IsInOrderAsync();
    });
}
