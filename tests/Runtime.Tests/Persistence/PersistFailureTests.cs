using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class PersistFailureTests : PersistentActorTest
{
    [Fact]
    public void A_failed_write_is_reported_without_its_callback_and_stops_the_actor_with_what_waits()
    {
        var actor = StartRecovered("a");
        Add(actor, "before");
        var gate = Store.DelayNext();
        Store.FailNext(new PersistenceException("the disk is full"));

        Run(actor, self => self.Add("first"));
        Run(actor, self =>
        {
            self.Add("x");
            self.Add("y");
        });
        actor.Tell("waiting");
        ComeToRest();
        gate.SetResult();

        Expect("stored first");
        var failed = Expect<ScriptActor.PersistFailed>();
        Assert.Equal(("the disk is full", new Added("x"), 3), (failed.Cause.Message, failed.Event, failed.SequenceNr));
        ExpectStopped(actor);
        ExpectNoMsg();
        StartRecovered("a", "before,first");
    }

    [Fact]
    public void A_taken_number_is_reported_as_a_conflict_and_stops_the_actor()
    {
        var one = StartRecovered("a");
        var other = StartRecovered("a");
        Add(other, "theirs");

        Run(one, self => self.Add("mine"));

        var failed = Expect<ScriptActor.PersistFailed>();
        var conflict = Assert.IsType<SequenceNumberConflictException>(failed.Cause);
        Assert.Equal(("a", new AppendResult.Conflict(1, 1)), (conflict.PersistenceId, conflict.Conflict));
        ExpectStopped(one);
        Add(other, "theirs too");
    }

    [Fact]
    public void An_event_that_cannot_be_serialized_is_rejected_and_the_actor_goes_on()
    {
        var actor = StartRecovered("a");

        Run(actor, self =>
        {
            self.Add("x");
            self.Persist(new Unserializable(), _ => self.Asker.Tell("never"));
            self.Add("y");
        });
        actor.Tell("next");

        Expect("stored x");
        var rejected = Expect<ScriptActor.PersistRejected>();
        Assert.Equal((new Unserializable(), 2L), (rejected.Event, rejected.SequenceNr));
        Assert.Contains("has no manifest", rejected.Cause.Message, StringComparison.Ordinal);
        Expect("stored y", "next");
        Stop(actor);
        StartRecovered("a", "x,y");
    }

    [Fact]
    public void A_command_whose_only_event_is_rejected_lets_the_next_one_in()
    {
        var actor = StartRecovered("a");

        Run(actor, self => self.Persist(new Unserializable(), _ => self.Asker.Tell("never")));
        actor.Tell("next");

        Expect<ScriptActor.PersistRejected>();
        Expect("next");
        Assert.Empty(Store.Batches);
        Add(actor, "x");
    }

    [Fact]
    public void One_event_that_cannot_be_serialized_rejects_all_that_are_persisted_together_with_it()
    {
        var actor = StartRecovered("a");

        Run(actor, self =>
        {
            self.PersistAll<object>([new Added("x"), new Unserializable()], _ => self.Asker.Tell("never"));
            self.Add("y");
        });

        Assert.Equal(new Added("x"), Expect<ScriptActor.PersistRejected>().Event);
        Assert.Equal(new Unserializable(), Expect<ScriptActor.PersistRejected>().Event);
        Expect("stored y");
        Stop(actor);
        StartRecovered("a", "y");
    }

    [Fact]
    public void What_the_journal_rejects_is_reported_and_the_actor_goes_on()
    {
        var actor = StartRecovered("a");
        Store.AnswerNext(new AppendResult.Rejected("too long"));

        Run(actor, self => self.Add("x"));

        Assert.Contains("too long", Expect<ScriptActor.PersistRejected>().Cause.Message, StringComparison.Ordinal);
        Add(actor, "y");
        ExpectState(actor, "y", 2);
    }

    [Fact]
    public void An_unavailable_journal_is_reported_the_actor_lives_on_and_the_number_is_used_again()
    {
        var actor = StartRecovered("a");
        Add(actor, "x");
        Store.AnswerNext(new AppendResult.Unavailable("the database is away"));

        Run(actor, self => self.PersistAll([new Added("y"), new Added("z")], self.Apply));
        actor.Tell("next");

        foreach (var (item, nr) in new[] { ("y", 2L), ("z", 3L) })
        {
            var rejected = Expect<ScriptActor.PersistRejected>();
            Assert.Equal((new Added(item), nr), (rejected.Event, rejected.SequenceNr));
            Assert.Equal("a", Assert.IsType<JournalUnavailableException>(rejected.Cause).PersistenceId);
            Assert.Equal("append to the journal of 'a': the database is away. Nothing was stored.", rejected.Cause.Message);
        }
        Expect("next");
        ExpectState(actor, "x", 1);
        Add(actor, "y");
        ExpectState(actor, "x,y", 2);
        Assert.Equal([[1], [2, 3], [2]], Store.Batches.Select(batch => batch.Numbers));
    }

    [Fact]
    public void Events_that_wait_behind_an_unavailable_journal_keep_their_numbers()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();
        Store.AnswerNext(new AppendResult.Unavailable("the database is away"));

        Run(actor, self => self.Persist(new Added("x"), added =>
        {
            self.Apply(added);
            // Two batches: the second is made while the first is on its way.
            self.Persist(new Added("y"), self.Apply);
        }));
        gate.SetResult();

        Expect("stored x");
        Assert.Equal(2, Expect<ScriptActor.PersistRejected>().SequenceNr);
        Add(actor, "z");
        ExpectState(actor, "x,z", 2);
        Stop(actor);
        StartRecovered("a", "x,z");
    }

    [Fact]
    public void A_handler_that_throws_restarts_the_actor_which_recovers_and_goes_on_with_what_waited()
    {
        var actor = StartRecovered("a");
        Add(actor, "x");

        Run(actor, self =>
        {
            self.Items.Add("not persisted");
            throw new InvalidOperationException("oops");
        });
        actor.Tell("first");
        actor.Tell("second");

        Expect("recovered x", "first", "second");
    }

    [Fact]
    public void Events_of_a_handler_that_throws_are_written_and_its_successor_waits_for_them()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            self.Add("x");
            throw new InvalidOperationException("oops");
        });
        Await(() => Store.Batches.Count == 1);
        Run(actor, self => self.Add("y"));
        actor.Tell("after");
        ComeToRest();
        // Two others recover meanwhile; the successor would have as well, if it did not wait.
        StartRecovered("b");
        StartRecovered("c");
        ExpectNoMsg();
        gate.SetResult();

        Expect("recovered x", "stored y", "after");
        ExpectState(actor, "x,y", 2);
    }

    [Fact]
    public void A_callback_that_throws_restarts_the_actor_with_all_events_of_the_batch_and_in_order_what_waited()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            self.Persist(new Added("x"), _ => throw new InvalidOperationException("oops"));
            self.Add("y");
        });
        for (var i = 0; i < 5; i++)
            actor.Tell($"{i}");
        ComeToRest();
        gate.SetResult();

        Expect("recovered x,y", "0", "1", "2", "3", "4");
    }

    [Fact]
    public void A_last_callback_that_throws_leaves_in_order_what_waited()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            self.Add("x");
            self.Persist(new Added("y"), _ => throw new InvalidOperationException("oops"));
        });
        for (var i = 0; i < 5; i++)
            actor.Tell($"{i}");
        ComeToRest();
        gate.SetResult();

        Expect("stored x", "recovered x,y", "0", "1", "2", "3", "4");
    }

    [Fact]
    public async Task A_callback_that_throws_and_is_forgiven_does_not_take_the_other_callbacks_with_it()
    {
        var parent = Sys.ActorOf(Props.Create<ForgivingActor>(ScriptActor.Props("a", TestActor)));
        var actor = await parent.Ask<IActorRef>("child");
        Expect("recovered ");

        Run(actor, self =>
        {
            self.Persist(new Added("x"), _ => throw new InvalidOperationException("oops"));
            self.Add("y");
            self.Add("z");
        });
        actor.Tell("next");

        Expect("stored y", "stored z", "next");
        ExpectState(actor, "y,z", 3);
    }

    private sealed class ForgivingActor : ReceiveActor
    {
        public ForgivingActor(Props child)
        {
            var actor = Context.ActorOf(child);
            ReceiveAny(_ => Sender.Tell(actor));
        }

        private protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);
    }
}
