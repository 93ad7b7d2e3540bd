using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class PersistTests : PersistentActorTest
{
    [Fact]
    public void What_was_persisted_is_the_state_of_the_next_incarnation()
    {
        var actor = StartRecovered("a");
        Add(actor, "x", "y", "z");
        Stop(actor);

        var next = StartRecovered("a", "x,y,z");

        ExpectState(next, "x,y,z", 3);
        Add(next, "w");
        ExpectState(next, "x,y,z,w", 4);
    }

    [Fact]
    public async Task The_callback_runs_only_when_the_journal_has_answered()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        Run(actor, self => self.Add("x"));
        Await(() => Store.Batches.Count == 1);
        ExpectNoMsg();
        Assert.Equal(0, await Store.HighestSequenceNrAsync("a", default));

        gate.SetResult();
        Expect("stored x");
        Assert.Equal(1, await Store.HighestSequenceNrAsync("a", default));
    }

    [Fact]
    public void Commands_wait_while_an_event_is_on_its_way_and_keep_their_order()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        Run(actor, self => self.Add("x"));
        actor.Tell("first");
        Run(actor, self => self.Add("y"));
        actor.Tell("second");
        actor.Tell("third");
        ExpectNoMsg();

        gate.SetResult();
        Expect("stored x", "first", "stored y", "second", "third");
    }

    [Fact]
    public void Commands_that_wait_go_before_those_that_came_later()
    {
        var actor = StartRecovered("a");
        for (var i = 0; i < 200; i++)
        {
            var item = $"{i}";
            Run(actor, self => self.Add(item));
            actor.Tell(item);
        }
        for (var i = 0; i < 200; i++)
            Expect($"stored {i}", $"{i}");
    }

    [Fact]
    public async Task The_sender_of_the_command_is_the_sender_in_the_callback()
    {
        var actor = StartRecovered("a");
        var gate = Store.DelayNext();

        var first = actor.Ask<string>(new Do(self => self.Add("x")));
        var second = actor.Ask<string>(new Do(self => self.PersistAll([new Added("y")], self.Apply)));
        ComeToRest();
        gate.SetResult();

        Assert.Equal("stored x", await first);
        Assert.Equal("stored y", await second);
    }

    [Fact]
    public void The_events_of_one_command_are_one_batch()
    {
        var actor = StartRecovered("a");

        Run(actor, self =>
        {
            self.Add("1");
            self.PersistAll([new Added("2"), new Added("3")], self.Apply);
            self.Add("4");
        });
        Run(actor, self => self.Add("5"));

        Expect("stored 1", "stored 2", "stored 3", "stored 4", "stored 5");
        Assert.Equal([[1, 2, 3, 4], [5]], Store.Batches.Select(batch => batch.Numbers));
    }

    [Fact]
    public void An_event_persisted_in_a_callback_goes_before_the_next_command()
    {
        var actor = StartRecovered("a");

        Run(actor, self => self.Persist(new Added("x"), added =>
        {
            self.Apply(added);
            self.Add("nested");
        }));
        actor.Tell("command");

        Expect("stored x", "stored nested", "command");
    }

    [Fact]
    public void Persisting_no_events_lets_the_next_command_in()
    {
        var actor = StartRecovered("a");

        Run(actor, self => self.PersistAll(Array.Empty<Added>(), self.Apply));
        actor.Tell("command");

        Expect("command");
        Assert.Empty(Store.Batches);
    }

    [Fact]
    public void LastSequenceNr_grows_when_an_event_is_stored_and_not_before()
    {
        var actor = StartRecovered("a");

        Run(actor, self =>
        {
            self.Persist(new Added("x"), _ => self.Asker.Tell($"stored at {self.LastSequenceNr}"));
            self.Asker.Tell($"asked at {self.LastSequenceNr}");
        });

        Expect("asked at 0", "stored at 1");
    }

    [Fact]
    public void The_death_of_a_watched_actor_waits_like_a_command()
    {
        var actor = StartRecovered("a");
        var other = StartRecovered("b");
        var gate = Store.DelayNext();

        Run(actor, self =>
        {
            ScriptActor.Watch(other);
            self.Add("x");
        });
        ComeToRest();
        Stop(other);
        ExpectNoMsg();
        gate.SetResult();

        Expect("stored x", $"terminated {other.Path.Name}");
    }

    [Fact]
    public void Actors_that_wait_for_the_journal_hold_no_thread()
    {
        var gates = Enumerable.Range(0, 200).Select(_ => Store.DelayNext()).ToArray();
        var actors = new List<IActorRef>();
        for (var i = 0; i < gates.Length; i++)
            actors.Add(StartRecovered($"a{i}"));
        foreach (var actor in actors)
            Run(actor, self => self.Add("x"));
        Await(() => Store.Batches.Count == gates.Length);

        StartRecovered("free");

        foreach (var gate in gates)
            gate.SetResult();
        Expect([.. gates.Select(_ => "stored x")]);
    }
}
