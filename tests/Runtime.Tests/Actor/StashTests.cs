using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class StashTests : ActorTest
{
    /// <summary>Stashes all strings until it is opened; then reports them with their senders.</summary>
    private sealed class Door : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _log;

        public Door(IActorRef log)
        {
            _log = log;
            Receive<Fail>(fail => throw fail.Cause);
            Receive<string>(_ => Stash.Unstash(), text => text == "one");
            Receive<string>(_ =>
            {
                Become(Open);
                Stash.UnstashAll();
            }, text => text == "open");
            Receive<string>(_ =>
            {
                Stash.Stash();
                _log.Tell(Record.Exception(Stash.Stash)!);
            }, text => text == "twice");
            Receive<string>(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open() => Receive<string>(text => _log.Tell(text, Sender));
    }

    private IActorRef NewDoor() => Sys.ActorOf(Props.Create(() => new Door(TestActor)));

    [Fact]
    public void Unstashed_messages_come_before_those_that_wait_in_their_order_and_with_their_senders()
    {
        var door = NewDoor();
        var other = CreateTestProbe();
        other.Send(door, "a");
        door.Tell("b", TestActor);
        door.Tell("open");
        door.Tell("c", TestActor);
        ExpectMsg("a");
        Assert.Equal(other.Ref, LastSender);
        ExpectMsg("b");
        Assert.Equal(TestActor, LastSender);
        ExpectMsg("c");
    }

    [Fact]
    public void Unstash_gives_back_the_oldest_one()
    {
        var door = NewDoor();
        foreach (var text in new[] { "a", "b", "one" }) door.Tell(text); // "a" is unstashed and, the door being shut, stashed behind "b"
        door.Tell("open");
        ExpectMsg("b");
        ExpectMsg("a");
    }

    [Fact]
    public void Stashed_messages_survive_a_restart()
    {
        var door = NewDoor();
        door.Tell("a");
        door.Tell("b");
        door.Tell(new Fail(new InvalidOperationException("restart me")));
        door.Tell("c");
        door.Tell("open");
        ExpectMsg("a");
        ExpectMsg("b");
        ExpectMsg("c");
    }

    [Fact]
    public void The_same_message_cannot_be_stashed_twice()
    {
        NewDoor().Tell("twice");
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void What_a_stopped_actor_had_stashed_is_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var door = NewDoor();
        door.Tell("a");
        door.Tell("b");
        door.Tell(PoisonPill.Instance);
        Assert.Equal(["a", "b"], [ExpectMsg<DeadLetter>().Message, ExpectMsg<DeadLetter>().Message]);
    }

    [Fact]
    public void A_second_stash_keeps_its_own_messages_and_can_be_prepended_to() => InActor(context =>
    {
        var cell = (ActorCell)context;
        var first = new MailboxStash(cell);
        var second = new MailboxStash(cell);
        first.Stash();
        second.Stash();
        Assert.Equal((1, 1), (first.Count, second.Count));
        first.Prepend([new Dispatch.Envelope("x", null), new Dispatch.Envelope("y", null)]);
        Assert.Equal(["x", "y", cell.CurrentEnvelope.Message], first.ClearStash().Select(one => one.Message));
        Assert.Equal(0, first.Count);
        second.ClearStash();
    });
}
