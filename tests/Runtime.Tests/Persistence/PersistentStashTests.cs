using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class PersistentStashTests : PersistentActorTest
{
    private IActorRef StartPicky() => Sys.ActorOf(Props.Create<PickyActor>(TestActor));

    [Fact]
    public void Stashed_commands_come_back_in_order_and_before_later_ones()
    {
        var actor = StartPicky();
        actor.Tell("1");
        actor.Tell("2");
        actor.Tell("open");
        actor.Tell("3");

        Expect("opened", "1", "2", "3");
    }

    [Fact]
    public void What_is_unstashed_while_an_event_is_on_its_way_waits_for_it()
    {
        var actor = StartPicky();
        var gate = Store.DelayNext();
        actor.Tell("1");
        actor.Tell("open after persisting");
        actor.Tell("2");
        ExpectNoMsg();
        gate.SetResult();

        Expect("stored", "1", "2");
    }

    [Fact]
    public void Unstash_takes_the_oldest_only()
    {
        var actor = StartPicky();
        actor.Tell("1");
        actor.Tell("2");
        actor.Tell("open for one");
        actor.Tell("3");

        Expect("1", "3");
        actor.Tell("open");
        Expect("opened", "2");
    }

    [Fact]
    public void What_is_stashed_survives_a_restart()
    {
        var actor = StartPicky();
        actor.Tell("1");
        actor.Tell("2");
        actor.Tell("fail");
        actor.Tell("open");
        actor.Tell("3");

        Expect("opened", "1", "2", "3");
    }

    /// <summary>Puts aside everything until it is told to open.</summary>
    private sealed class PickyActor : ReceivePersistentActor
    {
        private readonly IActorRef _observer;

        public PickyActor(IActorRef observer)
        {
            _observer = observer;
            Command<string>(_ => throw new InvalidOperationException("oops"), text => text == "fail");
            Command<string>(_ =>
            {
                Become(Open);
                observer.Tell("opened");
                Stash.UnstashAll();
            }, text => text == "open");
            Command<string>(_ =>
            {
                Become(Open);
                Stash.Unstash();
                Become(() => Command<string>(Once));
            }, text => text == "open for one");
            Command<string>(_ =>
            {
                Become(Open);
                Stash.UnstashAll();
                Persist(new Added("x"), _ => observer.Tell("stored"));
            }, text => text == "open after persisting");
            CommandAny(_ => Stash.Stash());
        }

        public override string PersistenceId => "picky";

        private void Open() => CommandAny(_observer.Tell);

        private void Once(string text)
        {
            if (text == "open")
            {
                _observer.Tell("opened");
                Stash.UnstashAll();
            }
            else
            {
                _observer.Tell(text);
            }
        }
    }
}
