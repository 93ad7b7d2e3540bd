using System.Threading.Channels;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Dispatch;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Sqlite;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A system with a journal in memory that fails on command, and an observer of the actor under test.</summary>
public abstract class PersistentActorTest : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<(object Message, IActorRef Sender)> _seen = Channel.CreateUnbounded<(object, IActorRef)>();
    private readonly ActivityTracker _activity = new();

    private protected FailableStore Store { get; private set; } = null!;

    private protected ActorSystem Sys { get; private set; } = null!;

    private protected IActorRef Observer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new FailableStore(await SqliteEventStore.OpenAsync(SqliteStoreOptions.InMemory));
        Sys = ActorSystem.Create("test", new ActorSystemSettings { Activity = _activity });
        Runtime.Persistence.Persistence.Attach(Sys, Store, new TestSerializer());
        Observer = Sys.ActorOf(Props.Create<ObserverActor>(_seen.Writer), "observer");
    }

    public async Task DisposeAsync()
    {
        await Sys.Terminate().WaitAsync(Patience);
        await Store.DisposeAsync();
    }

    /// <summary>Starts the actor and waits for its recovery, which must end in this state.</summary>
    private protected async Task<IActorRef> StartAsync(string id, string state = "", Recovery? recovery = null)
    {
        var actor = Start(id, recovery);
        await ExpectAsync($"recovered {state}");
        return actor;
    }

    private protected IActorRef Start(string id, Recovery? recovery = null, Action<ScriptActor>? onRecovered = null) =>
        Sys.ActorOf(ScriptActor.Props(id, Observer, recovery, onRecovered));

    private protected void Run(IActorRef actor, Action<ScriptActor> action) => actor.Tell(new Do(action), Observer);

    /// <summary>Adds items one by one, each waited for.</summary>
    private protected async Task AddAsync(IActorRef actor, params string[] items)
    {
        foreach (var item in items)
        {
            Run(actor, self => self.Add(item));
            await ExpectAsync($"stored {item}");
        }
    }

    /// <summary>The state, asked for as a command after all that was told before.</summary>
    private protected async Task ExpectStateAsync(IActorRef actor, string state, long lastSequenceNr)
    {
        Run(actor, self => self.Asker.Tell($"state {self.State} at {self.LastSequenceNr}"));
        await ExpectAsync($"state {state} at {lastSequenceNr}");
    }

    private protected static async Task StopAsync(IActorRef actor) => Assert.True(await actor.GracefulStop(Patience));

    /// <summary>The next thing that the observer hears of must be this.</summary>
    private protected async Task ExpectAsync(params object[] messages)
    {
        foreach (var expected in messages)
            Assert.Equal(expected, await NextAsync());
    }

    private protected async Task<T> ExpectAsync<T>() => Assert.IsType<T>(await NextAsync());

    private protected async Task ExpectStoppedAsync(IActorRef actor)
    {
        Observer.Tell(new ObserverActor.WatchFor(actor));
        Assert.Equal(actor, (await ExpectAsync<Terminated>()).ActorRef);
    }

    private protected void ExpectNothing()
    {
        AwaitRest();
        Assert.False(_seen.Reader.TryPeek(out var more), $"unexpected: {more.Message}");
    }

    /// <summary>Every message that was told has been processed, or waits for the journal.</summary>
    private protected void AwaitRest() => Assert.True(SpinWait.SpinUntil(() =>
    {
        var entered = _activity.Entered;
        return _activity.Active == 0 && _activity.Entered == entered;
    }, Patience));

    private protected static void Await(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience));

    private async Task<object> NextAsync()
    {
        using var impatience = new CancellationTokenSource(Patience, TimeProvider.System);
        return (await _seen.Reader.ReadAsync(impatience.Token)).Message;
    }

    private sealed class ObserverActor : ReceiveActor
    {
        public ObserverActor(ChannelWriter<(object, IActorRef)> seen)
        {
            Receive<WatchFor>(watch => Context.Watch(watch.Actor));
            ReceiveAny(message => seen.TryWrite((message, Sender)));
        }

        internal sealed record WatchFor(IActorRef Actor);
    }
}
