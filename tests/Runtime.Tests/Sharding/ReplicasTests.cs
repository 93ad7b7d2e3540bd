using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Sharding;
using Xunit;

namespace CacheMachine.Runtime.Tests.Sharding;

/// <summary>Shards on several replicas: who owns them, and what becomes of messages.</summary>
public sealed class ReplicasTests : IAsyncLifetime
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(15), s_soon = TimeSpan.FromSeconds(3), s_takeOver = s_lease + TimeSpan.FromSeconds(2);

    private Replicas _replicas = null!;

    public Task InitializeAsync()
    {
        _replicas = Replicas.None();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _replicas.DisposeAsync();
        Assert.Empty(_replicas.Incidents);
    }

    private Replicas.Replica[] StartFairly(int count)
    {
        var started = Enumerable.Range(0, count).Select(_ => _replicas.Start()).ToArray();
        _replicas.Until(_replicas.IsFair, TimeSpan.FromSeconds(30), "each replica has its share");
        return started;
    }

    private static string EntityOf(int shard) =>
        Enumerable.Range(0, 10_000).Select(i => $"e{i}").First(id => new TestExtractor(Replicas.Shards).ShardId(id) == shard.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static int ShardOf(Replicas.Replica replica) => Enumerable.Range(0, Replicas.Shards).First(replica.Holds);

    private async Task<string> AnswerAsync(Task<string> answer)
    {
        for (var i = 0; !answer.IsCompleted && i < 400; i++)
            _replicas.Pass(Replicas.Beat / 5);
        return await answer.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void One_replica_takes_all_shards_at_once()
    {
        var only = _replicas.Start();
        _replicas.Until(() => only.Count == Replicas.Shards, s_soon, "it owns all shards");
    }

    [Fact]
    public async Task A_replica_that_comes_gets_its_share_and_what_need_not_move_stays()
    {
        var first = StartFairly(2);
        var before = _replicas.Owners();
        var entity = EntityOf(ShardOf(first[0]));
        await AnswerAsync(first[1].AskAsync(entity, 1));

        _replicas.Start();
        _replicas.Until(_replicas.IsFair, s_soon, "the third has its share");

        Assert.All(before.Zip(_replicas.Owners()), shard => Assert.True(shard.First == shard.Second || shard.Second == "r3"));
    }

    [Fact]
    public async Task Every_replica_answers_for_every_entity_and_each_entity_runs_once()
    {
        var replicas = StartFairly(3);
        foreach (var shard in Enumerable.Range(0, Replicas.Shards))
        {
            var owner = _replicas.Owners()[shard];
            foreach (var replica in replicas)
                Assert.Equal(owner, await AnswerAsync(replica.AskAsync(EntityOf(shard), shard)));
        }
        Assert.Equal(Replicas.Shards, _replicas.Log.Count(entry => Equals(entry.What, "start")));
    }

    [Fact]
    public async Task Messages_of_one_sender_to_an_entity_elsewhere_arrive_in_order()
    {
        var replicas = StartFairly(2);
        var entity = EntityOf(ShardOf(replicas[1]));
        var answers = Enumerable.Range(0, 200).Select(i => replicas[0].AskAsync(entity, i)).ToList();
        await AnswerAsync(Task.WhenAll(answers).ContinueWith(_ => "all", TaskScheduler.Default));

        Assert.Equal(Enumerable.Range(0, 200), _replicas.Log.Where(entry => entry.What is int).Select(entry => (int)entry.What));
    }

    [Fact]
    public async Task A_replica_that_dies_is_replaced_when_its_leases_run_out_and_not_before()
    {
        var replicas = StartFairly(3);
        var shard = ShardOf(replicas[0]);
        await AnswerAsync(replicas[1].AskAsync(EntityOf(shard), 1));
        await replicas[0].KillAsync();

        // A refused connection says nothing about the lease: it is an error at once, and certainly not carried out.
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => AnswerAsync(replicas[1].AskAsync(EntityOf(shard), 2)));
        Assert.Contains("refuses the connection", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not known", error.Message, StringComparison.Ordinal);

        _replicas.Until(_replicas.IsFair, s_takeOver, "the other two share its shards");
        Assert.NotEqual("r1", await AnswerAsync(replicas[1].AskAsync(EntityOf(shard), 3)));
        Assert.DoesNotContain(_replicas.Log, entry => Equals(entry.What, 2));
    }

    [Fact]
    public async Task A_replica_that_comes_shortly_before_the_leases_of_a_dead_one_run_out_waits_no_longer_than_the_others()
    {
        var replicas = StartFairly(3);
        await replicas[0].KillAsync();
        _replicas.Pass(s_lease * 0.8);
        _replicas.Start();
        _replicas.Until(_replicas.IsFair, s_takeOver - (s_lease * 0.8), "every shard has an owner again");
        Assert.DoesNotContain(_replicas.Leases, lease => lease.Key.StartsWith("replica-r1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replica_that_leaves_hands_over_within_a_second_and_no_message_is_lost()
    {
        var replicas = StartFairly(3);
        var entities = Enumerable.Range(0, Replicas.Shards).Select(EntityOf).ToList();
        var left = replicas[0].Sharding.LeaveAsync(TimeSpan.FromSeconds(10));
        var answers = new List<Task<string>>();
        var began = _replicas.Time.GetUtcNow();
        while (replicas[0].Count > 0 || !_replicas.Owners().All(owner => owner is not null))
        {
            answers.AddRange(entities.SelectMany(entity => replicas.Select(replica => replica.AskAsync(entity, "m"))));
            _replicas.Pass(Replicas.Beat / 5);
            Assert.True(_replicas.Time.GetUtcNow() - began < TimeSpan.FromSeconds(1), "handed over within a second");
        }
        await AnswerAsync(left.ContinueWith(_ => "left", TaskScheduler.Default));
        Assert.True(await left);
        await AnswerAsync(Task.WhenAll(answers).ContinueWith(_ => "all", TaskScheduler.Default));
        Assert.All(answers, answer => Assert.Contains(answer.Result, new[] { "r1", "r2", "r3" }));
        Assert.Equal(answers.Count, _replicas.Log.Count(entry => Equals(entry.What, "m")));
        Assert.DoesNotContain(_replicas.Leases, lease => lease.Key.StartsWith("replica-r1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_a_hand_over_the_entity_stops_before_it_starts_elsewhere()
    {
        var replicas = StartFairly(2);
        var entity = EntityOf(ShardOf(replicas[0]));
        await AnswerAsync(replicas[1].AskAsync(entity, 1));
        var left = replicas[0].Sharding.LeaveAsync(TimeSpan.FromSeconds(10));
        _replicas.Pass(Replicas.Beat / 5);
        Assert.Equal("r2", await AnswerAsync(replicas[1].AskAsync(entity, 2)));
        await AnswerAsync(left.ContinueWith(_ => "left", TaskScheduler.Default));

        Assert.Equal(
            [("r1", "start"), ("r1", 1), ("r1", "stop"), ("r2", "start"), ("r2", (object)2)],
            _replicas.Log.Where(entry => entry.Entity == entity).Select(entry => (entry.Replica, entry.What)));
    }

    [Fact]
    public async Task A_replica_that_is_cut_off_from_the_leases_stops_acting_before_another_begins()
    {
        var replicas = StartFairly(3);
        var shard = ShardOf(replicas[0]);
        var entity = EntityOf(shard);
        await AnswerAsync(replicas[0].AskAsync(entity, 1));
        replicas[0].Leases.Fail = "the network is down";

        _replicas.Until(() => replicas[0].Count == 0, TimeSpan.FromSeconds(10.5), "it steps down");
        Assert.Contains((entity, "r1", "stop"), _replicas.Log);
        Assert.Null(_replicas.Owners()[shard]);
        await Assert.ThrowsAsync<ShardUnavailableException>(() => AnswerAsync(replicas[0].AskAsync(entity, 2)));

        _replicas.Until(() => _replicas.Owners()[shard] is not null, s_takeOver, "another takes over");
        replicas[0].Leases.Fail = null;
        _replicas.Until(_replicas.IsFair, s_soon + s_soon, "it has its share again");
    }

    [Fact]
    public void Renewals_whose_answers_are_lost_keep_the_shards()
    {
        var replicas = StartFairly(2);
        var before = _replicas.Owners();
        replicas[0].Leases.LoseAnswers = true;
        _replicas.Pass(TimeSpan.FromSeconds(7));
        replicas[0].Leases.LoseAnswers = false;
        _replicas.Pass(s_lease * 2);
        Assert.Equal(before, _replicas.Owners());
    }

    [Fact]
    public async Task A_message_waits_for_a_shard_without_an_owner_and_then_its_sender_is_told()
    {
        var replica = _replicas.Start();
        replica.Leases.Fail = "not yet";
        var late = replica.AskAsync("a", 1);
        _replicas.Pass(TimeSpan.FromSeconds(4));
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => late);
        Assert.Contains("no replica owns it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_messages_than_may_wait_are_refused_at_once()
    {
        var replicas = StartFairly(1);
        await replicas[0].Sharding.LeaveAsync(TimeSpan.Zero).ContinueWith(_ => { }, TaskScheduler.Default);
        _replicas.Pass(TimeSpan.FromSeconds(1));
        var asked = Enumerable.Range(0, 1001).Select(i => replicas[0].AskAsync("a", i)).ToList();
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => AnswerAsync(asked[^1]));
        Assert.Contains("too many messages wait", error.Message, StringComparison.Ordinal);
        Assert.All(asked.SkipLast(1), waiting => Assert.False(waiting.IsCompleted));
        _replicas.Pass(TimeSpan.FromSeconds(4));
        Assert.All(asked, waiting => Assert.True(waiting.IsFaulted));
    }

    [Theory]
    [InlineData("question", 2)]
    [InlineData("order", 1)]
    public async Task Only_what_is_safe_is_sent_again_where_it_is_not_known_if_it_arrived(string message, int times)
    {
        var replicas = StartFairly(2);
        var entity = EntityOf(ShardOf(replicas[1]));
        _replicas.Unreachable.Add("r2");
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => AnswerAsync(replicas[0].AskAsync(entity, message)));
        Assert.Contains("whether it arrived is not known", error.Message, StringComparison.Ordinal);
        Assert.Equal(times, _replicas.LostTo("r2"));
    }

    [Fact]
    public async Task A_message_without_a_sender_goes_to_another_replica_without_waiting_for_an_answer()
    {
        var replicas = StartFairly(2);
        var entity = EntityOf(ShardOf(replicas[1]));
        replicas[0].Region.Tell(new To(entity, "silence"), ActorRefs.NoSender);
        replicas[0].Region.Tell(new To(entity, 5), ActorRefs.NoSender);
        _replicas.Until(() => _replicas.Log.Contains((entity, "r2", 5)), s_soon, "it arrives");
        Assert.Equal("r2", await AnswerAsync(replicas[0].AskAsync(entity, 6)));
    }

    /// <summary>Replicas come, leave, die, and are cut off at random: no shard ever has two owners, and when it is quiet each has its share.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_happens_no_shard_has_two_owners_and_all_have_one_again(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 60; step++)
        {
            var all = _replicas.All.ToList();
            var one = all.Count == 0 ? null : all[random.Next(all.Count)];
            switch (random.Next(9))
            {
                case 0 or 1 when all.Count < 5: _replicas.Start(); break;
                case 2 when one is not null: await one.KillAsync(); break;
                case 3 when one is not null:
                    var left = one.Sharding.LeaveAsync(TimeSpan.FromSeconds(10));
                    _replicas.Pass(TimeSpan.FromSeconds(random.Next(3)));
                    await one.KillAsync();
                    _ = left;
                    break;
                case 4 when one is not null: one.Leases.Fail = "cut off"; break;
                case 5 when one is not null: one.Leases.Fail = null; break;
                case 6 when one is not null: one.Leases.LoseAnswers = !one.Leases.LoseAnswers; break;
                case 7 when one is not null: one.Leases.HoldEvents = !one.Leases.HoldEvents; break;
            }
            _replicas.Pass(TimeSpan.FromSeconds(random.Next(8)));
        }
        foreach (var replica in _replicas.All)
            (replica.Leases.Fail, replica.Leases.LoseAnswers, replica.Leases.HoldEvents) = (null, false, false);
        _replicas.Start();
        _replicas.Until(_replicas.IsFair, s_lease * 3, $"each has its share (seed {seed})");
        Assert.Empty(_replicas.Incidents);
    }
}
