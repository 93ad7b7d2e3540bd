using Akka.Cluster;
using Akka.DistributedData;
using Akka.TestKit;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Copies;

public sealed class CopyKeeperActorTests : ActorTest
{
    private static readonly UniqueAddress Here = new(new Address("akka.tcp", "cachemachine", "10.0.0.1", 8081), 1), There = new(new Address("akka.tcp", "cachemachine", "10.0.0.2", 8081), 2);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<string, LWWRegister<ReadCopy>> _stored = new(StringComparer.Ordinal);
    private readonly WorkTime _work = new();
    private readonly TestProbe _replicator;
    private readonly IActorRef _keeper;

    public CopyKeeperActorTests() : base(Serializers.Setup)
    {
        _replicator = CreateTestProbe();
        _keeper = Sys.ActorOf(Props.Create(() => new CopyKeeperActor(_work, _replicator.Ref, Here)));
    }

    [Fact]
    public void A_change_is_published_at_once_and_of_those_that_follow_only_the_last_half_a_second_later()
    {
        Publish("m", "a");
        Assert.Equal("a", Published("m"));
        Publish("m", "b");
        Publish("m", "c");
        NothingIsPublished();

        Time.Advance(CopyKeeperActor.AtMostEvery - Tick);
        NothingIsPublished();
        Time.Advance(Tick);
        Assert.Equal("c", Published("m"));

        Time.Advance(CopyKeeperActor.AtMostEvery);
        NothingIsPublished();
        Publish("m", "d");
        Assert.Equal("d", Published("m"));
    }

    [Fact]
    public void What_says_the_same_as_before_is_not_published_again()
    {
        Publish("m", "a");
        Published("m");
        Time.Advance(CopyKeeperActor.AtMostEvery);
        Publish("m", "a");
        NothingIsPublished();

        Time.Advance(CopyKeeperActor.AtMostEvery);
        Publish("m");
        Published("m");
        Assert.True(_stored["m"].Value.IsGone);
    }

    [Fact]
    public void Answers_that_take_long_to_make_are_made_less_often()
    {
        Publish("large", () => Takes(TimeSpan.FromSeconds(2), "a"));
        Published("large");
        Publish("large", () => Takes(TimeSpan.FromSeconds(2), "b"));
        Time.Advance(TimeSpan.FromSeconds(18) - Tick);
        NothingIsPublished();
        Time.Advance(Tick);
        Assert.Equal("b", Published("large"));
    }

    [Fact]
    public void Many_that_wait_take_turns()
    {
        Publish("first", "x");
        Published("first");
        foreach (var name in new[] { "a", "b", "c" })
            Publish(name, () => Takes(TimeSpan.FromMilliseconds(30), name));
        Time.Advance(CopyKeeperActor.AtMostEvery);
        Assert.Equal("a", Published("a"));
        Assert.Equal("b", Published("b"));
        NothingIsPublished();

        Time.Advance(TimeSpan.FromMilliseconds(9 * 60));
        Assert.Equal("c", Published("c"));
    }

    [Fact]
    public void An_answer_that_cannot_be_made_holds_up_no_other()
    {
        Publish("first", "x");
        Published("first");
        Publish("broken", () => throw new InvalidOperationException("a defect"));
        Publish("whole", "b");
        EventFilter.Error(contains: "broken").ExpectOne(() => Time.Advance(CopyKeeperActor.AtMostEvery));
        Assert.Equal("b", Published("whole"));
    }

    [Fact]
    public void Of_an_answer_that_is_too_large_the_longest_form_that_fits_is_published()
    {
        Publish("m", () => [Large(20_000), Large(10_000), new MachineNames(["short"]), new MachineNames([])]);
        Assert.Equal("short", Published("m"));
        Assert.True(_stored["m"].Value.IsShort);

        Time.Advance(CopyKeeperActor.AtMostEvery);
        Publish("m", () => [Large(3), Large(2)]);
        Published("m");
        Assert.False(_stored["m"].Value.IsShort);

        Time.Advance(CopyKeeperActor.AtMostEvery);
        EventFilter.Warning(contains: "is not published").ExpectOne(() => Publish("m", () => [Large(20_000)]));
        NothingIsPublished();
    }

    [Fact]
    public void What_another_replica_has_published_at_the_same_time_is_put_right()
    {
        Publish("m", "mine");
        Published("m");
        Compare();
        NothingIsPublished();

        _stored["m"] = new(There, ReadCopy.Gone(Facts.Start), _stored["m"].Timestamp + 5);
        Compare();
        Assert.Equal("mine", Published("m"));

        _stored.Remove("m");
        Compare();
        Assert.Equal("mine", Published("m"));
    }

    [Fact]
    public void What_is_run_by_another_replica_from_now_on_is_left_to_it()
    {
        var machine = CreateTestProbe();
        _keeper.Tell(Order("m", () => [new MachineNames(["mine"])]), machine.Ref);
        Published("m");
        Sys.Stop(machine.Ref);
        ComeToRest();

        _stored["m"] = new(There, ReadCopy.Gone(Facts.Start), _stored["m"].Timestamp + 5);
        Time.Advance(CopyKeeperActor.CompareAfter);
        _replicator.ExpectNoMsg(TimeSpan.Zero);
    }

    private static MachineNames Large(int names) => new([.. Enumerable.Range(0, names).Select(_ => Guid.NewGuid().ToString())]);

    private static PublishCopy Order(string key, Func<IEnumerable<object>> answers) => new(key, 7, IsProvisional: false, answers);

    private IEnumerable<object> Takes(TimeSpan time, string name)
    {
        _work.Spent += time;
        return [new MachineNames([name])];
    }

    private void Publish(string key, params string[] names) => Publish(key, () => names.Length == 0 ? [] : [new MachineNames([.. names])]);

    private void Publish(string key, Func<IEnumerable<object>> answers)
    {
        _keeper.Tell(Order(key, answers), TestActor);
        ComeToRest();
    }

    private void NothingIsPublished()
    {
        ComeToRest();
        _replicator.ExpectNoMsg(TimeSpan.Zero);
    }

    // What it says, as the replicator stores it.
    private string Published(string key)
    {
        var update = _replicator.ExpectMsg<Update>();
        Assert.Equal(key, update.Key.Id);
        _stored[key] = (LWWRegister<ReadCopy>)update.Modify(_stored.GetValueOrDefault(key)!);
        _keeper.Tell(new UpdateSuccess(update.Key, null), _replicator.Ref);
        return CopyPacking.Unpack(Sys.Serialization, _stored[key].Value) is MachineNames { Names: [var name, ..] } ? name : "";
    }

    // The replicator says what it has.
    private void Compare()
    {
        Time.Advance(CopyKeeperActor.CompareAfter);
        var get = _replicator.ExpectMsg<Get>();
        _keeper.Tell(_stored.TryGetValue(get.Key.Id, out var register) ? new GetSuccess(get.Key, null, register) : new NotFound(get.Key, null), _replicator.Ref);
        ComeToRest();
    }

    // What is spent on making answers; timers are of another clock.
    private sealed class WorkTime : TimeProvider
    {
        public TimeSpan Spent { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Spent.Ticks;

        public override DateTimeOffset GetUtcNow() => Facts.Start + Spent;
    }
}
