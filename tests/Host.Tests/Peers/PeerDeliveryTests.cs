using System.Collections.Concurrent;
using System.Net;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Messages between two replicas that are well.</summary>
public sealed class PeerDeliveryTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Type, object Message, bool WantsReply)> _received = new();
    private Func<object, bool, CancellationToken, Task<ShardDelivery>> _receive = (message, wants, _) => Replica.Taken(wants ? Task.FromResult(message) : null);
    private Replica _a = null!;
    private Replica _b = null!;

    public async Task InitializeAsync()
    {
        _a = await Replica.StartAsync();
        _b = await Replica.StartAsync((type, message, wants, cancelled) =>
        {
            _received.Enqueue((type, message, wants));
            return _receive(message, wants, cancelled);
        });
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_message_arrives_as_it_was_and_so_does_its_answer()
    {
        _receive = (_, _, _) => Replica.Taken(Task.FromResult<object>(new MachineNames(["a", "Größe"])));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, new RemoveMachine("m")));

        Assert.Equal(["a", "Größe"], Assert.IsType<MachineNames>(await delivery.Reply!).Names.AsEnumerable());
        Assert.Equal((Replica.Type, new RemoveMachine("m"), true), Assert.Single(_received));
    }

    [Fact]
    public async Task Where_no_answer_is_wanted_there_is_none()
    {
        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, KeepRunning.Instance, wantsReply: false));

        Assert.Null(delivery.Reply);
        Assert.False(Assert.Single(_received).WantsReply);
    }

    [Fact]
    public async Task That_a_message_was_taken_is_known_before_its_answer()
    {
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _receive = (_, _, _) => Replica.Taken(answer.Task);

        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.False(delivery.Reply!.IsCompleted);
        answer.SetResult(new MachineNotFound("m"));
        Assert.Equal(new MachineNotFound("m"), await delivery.Reply.WaitAsync(Replica.Patience));
    }

    [Fact]
    public async Task Messages_that_are_sent_one_after_another_arrive_in_order_although_no_answer_has_come()
    {
        var answers = Enumerable.Range(0, 200).Select(_ => new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        _receive = (message, _, _) => Replica.Taken(answers[(int)((DeleteMachine)message).Generation].Task);
        var replies = new List<Task<object>>();

        for (var i = 0; i < answers.Count; i++)
            replies.Add(((ShardDelivery.Taken)await _a.DeliverAsync(_b.Address, new DeleteMachine("m", i))).Reply!);
        for (var i = answers.Count - 1; i >= 0; i--)
            answers[i].SetResult(new MachineGone("m", i));

        Assert.Equal(Enumerable.Range(0, 200), _received.Select(received => (int)((DeleteMachine)received.Message).Generation));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => (object)new MachineGone("m", i)), await Task.WhenAll(replies).WaitAsync(Replica.Patience));
    }

    [Fact]
    public async Task A_replica_that_does_not_run_the_entity_says_so()
    {
        _receive = (_, _, _) => Task.FromResult<ShardDelivery>(ShardDelivery.NotHere.Instance);

        Assert.IsType<ShardDelivery.NotHere>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replica_that_fails_says_whether_the_message_may_have_arrived(bool mayHaveArrived)
    {
        _receive = (_, _, _) => Task.FromResult<ShardDelivery>(new ShardDelivery.Failed("too many messages wait", mayHaveArrived));

        var failed = Assert.IsType<ShardDelivery.Failed>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.Equal(mayHaveArrived, failed.MayHaveArrived);
        Assert.Contains("too many messages wait", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_is_not_there_is_refused()
    {
        _receive = (_, _, _) => throw new ArgumentException("Shard type [machines] must be started first");

        var failed = Assert.IsType<ShardDelivery.Failed>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.False(failed.MayHaveArrived);
        Assert.Contains("404: Shard type [machines] must be started first", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_defect_of_the_other_replica_is_no_certainty()
    {
        _receive = (_, _, _) => throw new InvalidOperationException("a defect");

        var failed = Assert.IsType<ShardDelivery.Failed>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.True(failed.MayHaveArrived);
        Assert.Contains("a defect", failed.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_entity_that_does_not_answer_makes_the_reply_fail(bool unavailable)
    {
        Exception why = unavailable ? new ShardUnavailableException("the shard 3 has moved") : new TimeoutException("nothing came within 60 s");
        _receive = (_, _, _) => Replica.Taken(Task.FromException<object>(why));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.Equal(why.Message, (await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!)).Message);
    }

    [Fact]
    public async Task An_answer_without_a_manifest_makes_the_reply_fail()
    {
        _receive = (_, _, _) => Replica.Taken(Task.FromResult<object>("text"));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, new GetMachine("m")));

        Assert.Contains("String has no manifest", (await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_without_a_manifest_is_not_sent()
    {
        var failed = Assert.IsType<ShardDelivery.Failed>(await _a.DeliverAsync(_b.Address, "text"));

        Assert.False(failed.MayHaveArrived);
        Assert.Contains("String has no manifest", failed.Why, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task Whoever_waits_can_give_up_and_the_other_replica_hears_of_it()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _receive = (_, _, cancelled) =>
        {
            cancelled.Register(heard.SetResult);
            return Replica.Taken(new TaskCompletionSource<object>().Task);
        };
        using var stop = new CancellationTokenSource();
        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, new GetMachine("m"), cancellationToken: stop.Token));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery.Reply!.WaitAsync(Replica.Patience, CancellationToken.None));
        await heard.Task.WaitAsync(Replica.Patience);
    }

    [Fact]
    public async Task Whoever_waits_for_a_message_to_be_taken_can_give_up()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _receive = async (_, _, cancelled) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
            return ShardDelivery.NotHere.Instance;
        };
        using var stop = new CancellationTokenSource();
        var delivering = _a.DeliverAsync(_b.Address, new GetMachine("m"), cancellationToken: stop.Token);
        await arrived.Task.WaitAsync(Replica.Patience);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivering);
    }

    [Fact]
    public async Task A_long_answer_arrives_whole()
    {
        var names = new MachineNames([.. Enumerable.Range(0, 100_000).Select(i => $"machine-with-a-long-name-{i}")]);
        _receive = (_, _, _) => Replica.Taken(Task.FromResult<object>(names));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await _a.DeliverAsync(_b.Address, ListMachines.Instance));

        Assert.Equal(names.Names.AsEnumerable(), ((MachineNames)await delivery.Reply!.WaitAsync(Replica.Patience)).Names);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_not_sent_and_would_be_refused()
    {
        var failed = Assert.IsType<ShardDelivery.Failed>(await _a.DeliverAsync(_b.Address, new GetMachine(new string('x', 16 << 20))));
        using var raw = new RawPeer();
        var (status, body) = await raw.PostAsync(_b, new byte[(16 << 20) + 1], null);

        Assert.False(failed.MayHaveArrived);
        Assert.Contains("16777216 are the most", failed.Why, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("more than 16777216 bytes", body, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Theory]
    [InlineData("""{"manifest":"get-machine/9","message":{}}""", HttpStatusCode.UnsupportedMediaType, "get-machine/9")]
    [InlineData("""{"manifest":"get-machine/1","message":{}}""", HttpStatusCode.BadRequest, "the body is no message")]
    [InlineData("""{"manifest":"get-machine/1"}""", HttpStatusCode.BadRequest, "no manifest with a message")]
    [InlineData("""{"failure":"x"}""", HttpStatusCode.BadRequest, "the body is no message")]
    [InlineData("[]", HttpStatusCode.BadRequest, "no JSON object")]
    [InlineData("", HttpStatusCode.BadRequest, "the body is no message")]
    public async Task What_is_no_message_of_this_release_is_refused(string body, HttpStatusCode status, string words)
    {
        using var raw = new RawPeer();

        var answer = await raw.PostAsync(_b, body);

        Assert.Equal(status, answer.Status);
        Assert.Contains(words, answer.Body, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task There_is_nothing_else_to_ask_for()
    {
        using var raw = new RawPeer();
        const string Message = """{"manifest":"get-machine/1","message":{"machine":"m"}}""";

        Assert.Equal(HttpStatusCode.NotFound, (await raw.PostAsync(_b, Message, RawPeer.Stamp(_b) with { Target = "/" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await raw.PostAsync(_b, Message, RawPeer.Stamp(_b) with { Target = "/shards/" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await raw.PostAsync(_b, Message, method: HttpMethod.Put)).Status);
        Assert.Empty(_received);
    }
}
