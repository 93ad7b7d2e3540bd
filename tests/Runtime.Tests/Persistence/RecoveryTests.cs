using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class RecoveryTests : PersistentActorTest
{
    private static JournalEntry Entry(long nr, string manifest, string text) =>
        new(nr, new SerializedPayload(TestSerializer.Identifier, manifest, System.Text.Encoding.UTF8.GetBytes(text)), DateTimeOffset.UnixEpoch);

    [Fact]
    public void Commands_that_come_during_recovery_wait_and_keep_their_order()
    {
        Add(StartRecovered("a"), "x", "y");
        var gate = new TaskCompletionSource();
        Store.ReadGate = gate.Task;

        var actor = Start("a");
        actor.Tell("first");
        Run(actor, self => self.Add("z"));
        actor.Tell("second");
        ExpectNoMsg();
        gate.SetResult();

        Expect("recovered x,y", "first", "stored z", "second");
    }

    [Fact]
    public async Task A_long_log_is_replayed_to_its_end_in_order()
    {
        await Store.AppendAsync("a", [.. Enumerable.Range(1, 1234).Select(nr => Entry(nr, "added-v1", $"{nr}"))], default);

        StartRecovered("a", string.Join(',', Enumerable.Range(1, 1234)));
    }

    [Fact]
    public void A_journal_that_cannot_be_read_is_reported_and_stops_the_actor()
    {
        Store.ReadFailure = new PersistenceException("no connection");

        var actor = Start("a");
        actor.Tell("never");

        var failure = Expect<ScriptActor.RecoveryFailure>();
        Assert.Equal(("no connection", null), (failure.Reason.Message, failure.Event));
        ExpectStopped(actor);
        ExpectNoMsg();
    }

    [Fact]
    public void A_handler_that_throws_on_an_event_stops_the_actor_loudly()
    {
        Add(StartRecovered("a"), "x", "bad", "y");

        var actor = Start("a");

        var failure = Expect<ScriptActor.RecoveryFailure>();
        Assert.Equal(("bad item", new Added("bad")), (failure.Reason.Message, failure.Event));
        ExpectStopped(actor);
        ExpectNoMsg();
    }

    [Fact]
    public async Task An_event_with_an_unknown_manifest_stops_the_actor_and_is_named()
    {
        await Store.AppendAsync("a", [Entry(1, "added-v1", "x"), Entry(2, "added-v99", "y")], default);

        var actor = Start("a");

        var failure = Expect<ScriptActor.RecoveryFailure>();
        Assert.Contains("recover 'a': the event with sequence number 2 and manifest 'added-v99' cannot be read", failure.Reason.Message, StringComparison.Ordinal);
        Assert.Equal("added-v99", Assert.IsType<UnknownManifestException>(failure.Reason.InnerException).Manifest);
        ExpectStopped(actor);
    }

    [Fact]
    public void Events_can_be_persisted_when_recovery_is_completed_and_go_before_the_commands()
    {
        var actor = Start("a", onRecovered: self => self.Persist(new Added("first"), added =>
        {
            self.Items.Add(added.Item);
            self.Me.Tell("persisted on recovery");
        }));
        Run(actor, self => self.Add("second"));

        Expect("recovered ");
        Expect("stored second", "persisted on recovery");
        ExpectState(actor, "first,second", 2);
    }

    [Fact]
    public void Persisting_during_recovery_is_refused()
    {
        Add(StartRecovered("a"), "x");

        var actor = Sys.ActorOf(Props.Create<ImpatientActor>(TestActor));

        Assert.Contains("Cannot persist during replay", Expect<string>(), StringComparison.Ordinal);
        Expect("recovering False");
        Stop(actor);
    }

    [Fact]
    public void An_actor_without_a_name_for_its_log_does_not_start()
    {
        ExpectStopped(Start(""));
        ExpectNoMsg();
    }

    [Fact]
    public async Task A_system_without_a_journal_says_so_and_takes_only_one()
    {
        var system = ActorSystem.Create("bare");

        Assert.Throws<InvalidOperationException>(() => Runtime.Persistence.Persistence.Get(system));
        Assert.Throws<InvalidOperationException>(() => Runtime.Persistence.Persistence.Attach(Sys, Store, new TestSerializer()));

        await system.Terminate();
    }

    private sealed class ImpatientActor : ReceivePersistentActor
    {
        public ImpatientActor(IActorRef observer)
        {
            Recover<Added>(added =>
            {
                try
                {
                    Persist(added, _ => { });
                }
                catch (InvalidOperationException e)
                {
                    observer.Tell(e.Message);
                }
            });
            Recover<RecoveryCompleted>(_ => observer.Tell($"recovering {IsRecovering}"));
        }

        public override string PersistenceId => "a";
    }
}
