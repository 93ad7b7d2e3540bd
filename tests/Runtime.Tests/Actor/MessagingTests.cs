using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class MessagingTests : ActorTest
{
    private sealed record Numbered(int Producer, int Number);

    /// <summary>Counts what it would see if two threads ran it at once, and what comes out of order.</summary>
    private sealed class Strict : ReceiveActor
    {
        private readonly Dictionary<int, int> _last = [];
        private int _inside;
        private int _overlaps;
        private int _disorder;
        private int _handled;

        public Strict()
        {
            Receive<Numbered>(message =>
            {
                if (Interlocked.Increment(ref _inside) != 1) _overlaps++;
                if (message.Number != _last.GetValueOrDefault(message.Producer) + 1) _disorder++;
                _last[message.Producer] = message.Number;
                _handled++;
                Interlocked.Decrement(ref _inside);
            });
            Receive<string>(_ => Sender.Tell((_handled, _overlaps, _disorder)));
        }
    }

    private sealed class Ring : ReceiveActor
    {
        public Ring(IActorRef next) => Receive<int>(left => next.Forward(left - 1));
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    [Fact]
    public async Task Messages_of_many_producers_are_handled_one_at_a_time_and_in_each_producers_order()
    {
        const int producers = 8, each = 5_000;
        var actor = Sys.ActorOf(Props.Create<Strict>());
        await Task.WhenAll(Enumerable.Range(1, producers).Select(producer => Task.Run(() =>
        {
            for (var number = 1; number <= each; number++) actor.Tell(new Numbered(producer, number));
        })));
        Assert.Equal((producers * each, 0, 0), Ask<(int, int, int)>(actor, "how was it?"));
    }

    [Fact]
    public void A_message_passes_through_a_thousand_actors()
    {
        var next = TestActor;
        for (var i = 0; i < 1000; i++)
        {
            var after = next;
            next = Sys.ActorOf(Props.Create(() => new Ring(after)));
        }

        for (var i = 0; i < 20; i++) next.Tell(1000, TestActor);
        for (var i = 0; i < 20; i++) ExpectMsg(0);
    }

    [Fact]
    public void A_reply_goes_to_the_sender_and_comes_from_the_actor()
    {
        var echo = Sys.ActorOf(Props.Create<Echo>());
        Assert.Equal("hello", Ask<string>(echo, "hello"));
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public void A_message_told_within_an_actor_has_that_actor_as_its_sender()
    {
        var probe = CreateTestProbe();
        IActorRef? self = null;
        InActor(context =>
        {
            self = ((ActorCell)context).Self;
            probe.Ref.Tell("from inside");
        });
        probe.ExpectMsg("from inside");
        Assert.Equal(self, probe.Sender);
    }

    [Fact]
    public void Forward_keeps_the_original_sender()
    {
        var echo = Sys.ActorOf(Props.Create<Echo>());
        Sys.ActorOf(Props.Create(() => new Ring(echo))).Tell(1, TestActor);
        ExpectMsg(0);
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public void Without_a_sender_a_reply_becomes_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.ActorOf(Props.Create<Echo>()).Tell("to nobody", ActorRefs.NoSender);
        Assert.Equal("to nobody", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void Null_is_not_a_message() =>
        Assert.Throws<InvalidMessageException>(() => Sys.ActorOf(Props.Create<Echo>()).Tell(null!, TestActor));

    [Fact]
    public void A_message_without_a_handler_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<Runner>());
        actor.Tell("what is this?", TestActor);
        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(("what is this?", TestActor, actor), (unhandled.Message, unhandled.Sender, unhandled.Recipient));
    }

    [Fact]
    public void Messages_to_a_dead_actor_are_dead_letters_with_sender_and_recipient()
    {
        var actor = Sys.ActorOf(Props.Create<Echo>());
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("too late", TestActor);
        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal(("too late", TestActor, actor), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact]
    public void Nobody_takes_messages_without_a_trace()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        ActorRefs.Nobody.Tell("is anybody there?", TestActor);
        ExpectNoMsg();
    }

    [Fact]
    public void An_actor_cannot_be_made_with_new() => Assert.Throws<ActorInitializationException>(() => new Echo());

    [Fact]
    public async Task The_context_is_not_there_after_an_await_but_Self_is()
    {
        var probe = CreateTestProbe();
        var outcome = new TaskCompletionSource<Exception?>();
        Sys.ActorOf(Props.Create(() => new Straying(probe.Ref, outcome)));
        Assert.IsType<NotSupportedException>(await outcome.Task.WaitAsync(Seconds(5)));
        probe.ExpectMsg<IActorRef>();
    }

    private sealed class Straying : ReceiveActor
    {
        private readonly IActorRef _log;
        private readonly TaskCompletionSource<Exception?> _outcome;

        public Straying(IActorRef log, TaskCompletionSource<Exception?> outcome)
        {
            _log = log;
            _outcome = outcome;
            _ = Task.Run(Stray);
        }

        private void Stray()
        {
            _log.Tell(Self);
            _outcome.SetResult(Record.Exception(() => Context.Stop(Self)));
        }
    }
}
