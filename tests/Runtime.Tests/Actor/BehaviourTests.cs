using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

/// <summary>Receive and Become.</summary>
public sealed class BehaviourTests : ActorTest
{
    /// <summary>Answers each string with the name of its behaviour; a command changes that.</summary>
    private sealed class Chameleon : ReceiveActor
    {
        public Chameleon()
        {
            Answer("initial");
        }

        private void Answer(string name)
        {
            Receive<Fail>(fail => throw fail.Cause);
            Receive<string>(_ => Become(() => Answer("second")), text => text == "become");
            Receive<string>(_ => Sender.Tell(name));
        }
    }

    private sealed class BecomesInConstructor : ReceiveActor
    {
        public BecomesInConstructor()
        {
            Receive<string>(_ => Sender.Tell("initial"));
            Become(() => Receive<string>(_ => Sender.Tell("ready")));
        }
    }

    private sealed class Ordered : ReceiveActor
    {
        public Ordered()
        {
            Receive<int>(_ => Sender.Tell("small"), number => number < 10);
            Receive<int>(_ => Sender.Tell("big"));
            Receive<IEnumerable<char>>(_ => Sender.Tell("characters"));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class AfterAny : ReceiveActor
    {
        public AfterAny(Action<Exception?> report)
        {
            ReceiveAny(_ => { });
            report(Record.Exception(() => Receive<string>(_ => { })));
        }
    }

    private sealed class OutOfPlace : ReceiveActor
    {
        public OutOfPlace() => ReceiveAny(_ => Sender.Tell(Record.Exception(() => Receive<string>(_ => { }))!));
    }

    private string Tell(IActorRef actor, object message) => Ask<string>(actor, message);

    [Fact]
    public void Handlers_are_tried_in_the_order_of_declaration()
    {
        var actor = Sys.ActorOf(Props.Create<Ordered>());
        Assert.Equal(["small", "big", "characters", "any"], [Tell(actor, 3), Tell(actor, 30), Tell(actor, "text"), Tell(actor, 3.0)]);
    }

    [Fact]
    public void Become_replaces_the_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create<Chameleon>());
        Assert.Equal("initial", Tell(actor, "?"));
        actor.Tell("become");
        Assert.Equal("second", Tell(actor, "?"));
    }

    [Fact]
    public void A_restarted_actor_has_its_initial_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create<Chameleon>());
        actor.Tell("become");
        actor.Tell(new Fail(new InvalidOperationException("restart me")));
        Assert.Equal("initial", Tell(actor, "?"));
    }

    [Fact]
    public void Become_in_the_constructor_wins() => Assert.Equal("ready", Tell(Sys.ActorOf(Props.Create<BecomesInConstructor>()), "?"));

    [Fact]
    public async Task No_handler_can_be_declared_after_one_that_takes_everything()
    {
        var outcome = new TaskCompletionSource<Exception?>();
        Action<Exception?> report = outcome.SetResult;
        Sys.ActorOf(Props.Create(() => new AfterAny(report)));
        Assert.IsType<InvalidOperationException>(await outcome.Task.WaitAsync(Seconds(5)));
    }

    [Fact]
    public void No_handler_can_be_declared_while_a_message_is_handled() =>
        Assert.IsType<InvalidOperationException>(Ask<Exception>(Sys.ActorOf(Props.Create<OutOfPlace>()), "now"));

    [Fact]
    public void A_predicate_that_refuses_leaves_the_message_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        Sys.ActorOf(Props.Create(() => new Picky())).Tell("no");
        Assert.Equal("no", ExpectMsg<UnhandledMessage>().Message);
    }

    private sealed class Picky : ReceiveActor
    {
        public Picky() => Receive<string>(_ => { }, text => text == "yes");
    }
}
