using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence.Sqlite;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A system with a journal in memory that fails on command; the test actor observes the actor under test.</summary>
public abstract class PersistentActorTest : Runtime.TestKit.TestKit, IAsyncLifetime
{
    /// <summary>For a machine that is busy with other things; no test that passes waits for it.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private protected FailableStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new FailableStore(await SqliteEventStore.OpenAsync(SqliteStoreOptions.InMemory));
        Runtime.Persistence.Persistence.Attach(Sys, Store, new TestSerializer());
    }

    public async Task DisposeAsync()
    {
        await Sys.Terminate().WaitAsync(Patience);
        await Store.DisposeAsync();
    }

    private protected IActorRef Start(string id, Action<ScriptActor>? onRecovered = null) =>
        Sys.ActorOf(ScriptActor.Props(id, TestActor, onRecovered));

    /// <summary>Starts the actor and waits for its recovery, which must end in this state.</summary>
    private protected IActorRef StartRecovered(string id, string state = "")
    {
        var actor = Start(id);
        Expect($"recovered {state}");
        return actor;
    }

    private protected void Run(IActorRef actor, Action<ScriptActor> action) => actor.Tell(new Do(action), TestActor);

    /// <summary>Adds items one by one, each waited for.</summary>
    private protected void Add(IActorRef actor, params string[] items)
    {
        foreach (var item in items)
        {
            Run(actor, self => self.Add(item));
            Expect($"stored {item}");
        }
    }

    /// <summary>The state, asked for as a command after all that was told before.</summary>
    private protected void ExpectState(IActorRef actor, string state, long lastSequenceNr)
    {
        Run(actor, self => self.Asker.Tell($"state {self.State} at {self.LastSequenceNr}"));
        Expect($"state {state} at {lastSequenceNr}");
    }

    private protected void Stop(IActorRef actor)
    {
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectTerminated(actor, Patience);
    }

    private protected void ExpectStopped(IActorRef actor)
    {
        Watch(actor);
        ExpectTerminated(actor, Patience);
    }

    /// <summary>The next things that the test actor hears of must be these.</summary>
    private protected void Expect(params object[] messages)
    {
        foreach (var expected in messages)
            ExpectMsg(expected, Patience);
    }

    private protected T Expect<T>() => ExpectMsg<T>(Patience);

    private protected static void Await(Func<bool> condition) => AwaitCondition(condition, Patience);
}
