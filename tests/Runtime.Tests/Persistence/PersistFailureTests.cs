using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class PersistFailureTests : PersistentActorTest
{
    [Fact]
    public async Task A_failed_write_is_reported_without_its_callback_and_stops_the_actor_with_what_waits()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "before");
        var gate = Store.DelayNext();
        Store.FailNext(new PersistenceException("the disk is full"));

        Run(actor, self => self.Add("first"));
        Run(actor, self =>
        {
            self.Add("x");
            self.Add("y");
        });
        actor.Tell("waiting");
        AwaitRest();
        gate.SetResult();

        await ExpectAsync("stored first");
        var failed = await ExpectAsync<ScriptActor.PersistFailed>();
        Assert.Equal(("the disk is full", new Added("x"), 3), (failed.Cause.Message, failed.Event, failed.SequenceNr));
        await ExpectStoppedAsync(actor);
        ExpectNothing();
        await StartAsync("a", "before,first");
    }

    [Fact]
    public async Task A_taken_number_is_reported_as_a_conflict_and_stops_the_actor()
    {
        var one = await StartAsync("a");
        var other = await StartAsync("a");
        await AddAsync(other, "theirs");

        Run(one, self => self.Add("mine"));

        var failed = await ExpectAsync<ScriptActor.PersistFailed>();
        var conflict = Assert.IsType<SequenceNumberConflictException>(failed.Cause);
        Assert.Equal(("a", new AppendResult.Conflict(1, 1)), (conflict.PersistenceId, conflict.Conflict));
        await ExpectStoppedAsync(one);
        await AddAsync(other, "theirs too");
    }

    [Fact]
    public async Task An_event_that_cannot_be_serialized_is_rejected_and_the_actor_goes_on()
    {
        var actor = await StartAsync("a");

        Run(actor, self =>
        {
            self.Add("x");
            self.Persist(new Unserializable(), _ => self.Asker.Tell("never"));
            self.Add("y");
        });
        actor.Tell("next");

        await ExpectAsync("stored x");
        var rejected = await ExpectAsync<ScriptActor.PersistRejected>();
        Assert.Equal((new Unserializable(), 2L), (rejected.Event, rejected.SequenceNr));
        Assert.Contains("has no manifest", rejected.Cause.Message, StringComparison.Ordinal);
        await ExpectAsync("stored y", "next");
        await StopAsync(actor);
        await StartAsync("a", "x,y");
    }

    [Fact]
    public async Task A_command_whose_only_event_is_rejected_lets_the_next_one_in()
    {
        var actor = await StartAsync("a");

        Run(actor, self => self.Persist(new Unserializable(), _ => self.Asker.Tell("never")));
        actor.Tell("next");

        await ExpectAsync<ScriptActor.PersistRejected>();
        await ExpectAsync("next");
        Assert.Empty(Store.Batches);
        await AddAsync(actor, "x");
    }

    [Fact]
    public async Task One_event_that_cannot_be_serialized_rejects_all_that_are_persisted_together_with_it()
    {
        var actor = await StartAsync("a");

        Run(actor, self =>
        {
            self.PersistAll<object>([new Added("x"), new Unserializable()], _ => self.Asker.Tell("never"));
            self.Add("y");
        });

        Assert.Equal(new Added("x"), (await ExpectAsync<ScriptActor.PersistRejected>()).Event);
        Assert.Equal(new Unserializable(), (await ExpectAsync<ScriptActor.PersistRejected>()).Event);
        await ExpectAsync("stored y");
        await StopAsync(actor);
        await StartAsync("a", "y");
    }

    [Fact]
    public async Task What_the_journal_rejects_is_reported_and_the_actor_goes_on()
    {
        var actor = await StartAsync("a");
        Store.AnswerNext(new AppendResult.Rejected("too long"));

        Run(actor, self => self.Add("x"));

        Assert.Contains("too long", (await ExpectAsync<ScriptActor.PersistRejected>()).Cause.Message, StringComparison.Ordinal);
        await AddAsync(actor, "y");
        await ExpectStateAsync(actor, "y", 2);
    }

    [Fact]
    public async Task A_handler_that_throws_restarts_the_actor_which_recovers_and_goes_on_with_what_waited()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x");

        Run(actor, self =>
        {
            self.Items.Add("not persisted");
            throw new InvalidOperationException("oops");
        });
        actor.Tell("first");
        actor.Tell("second");

        await ExpectAsync("recovered x", "first", "second");
    }

    [Fact]
    public async Task Events_of_a_handler_that_throws_are_written_and_its_successor_waits_for_them()
    {
        var actor = await StartAsync("a");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            self.Add("x");
            throw new InvalidOperationException("oops");
        });
        Await(() => Store.Batches.Count == 1);
        Run(actor, self => self.Add("y"));
        actor.Tell("after");
        ExpectNothing();
        gate.SetResult();

        await ExpectAsync("recovered x", "stored y", "after");
        await ExpectStateAsync(actor, "x,y", 2);
    }

    [Fact]
    public async Task A_callback_that_throws_restarts_the_actor_with_all_events_of_the_batch_and_in_order_what_waited()
    {
        var actor = await StartAsync("a");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            self.Persist(new Added("x"), _ => throw new InvalidOperationException("oops"));
            self.Add("y");
        });
        for (var i = 0; i < 5; i++)
            actor.Tell($"{i}");
        AwaitRest();
        gate.SetResult();

        await ExpectAsync("recovered x,y", "0", "1", "2", "3", "4");
    }

    [Fact]
    public async Task A_callback_that_throws_and_is_forgiven_does_not_take_the_other_callbacks_with_it()
    {
        var parent = Sys.ActorOf(Props.Create<ForgivingActor>(ScriptActor.Props("a", Observer)));
        var actor = await parent.Ask<IActorRef>("child");
        await ExpectAsync("recovered ");

        Run(actor, self =>
        {
            self.Persist(new Added("x"), _ => throw new InvalidOperationException("oops"));
            self.Add("y");
            self.Add("z");
        });
        actor.Tell("next");

        await ExpectAsync("stored y", "stored z", "next");
        await ExpectStateAsync(actor, "y,z", 3);
    }

    private sealed class ForgivingActor : ReceiveActor
    {
        public ForgivingActor(Props child)
        {
            var actor = Context.ActorOf(child);
            ReceiveAny(_ => Sender.Tell(actor));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);
    }
}
