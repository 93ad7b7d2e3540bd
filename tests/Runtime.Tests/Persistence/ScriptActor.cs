using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A command that says itself what is to be done.</summary>
internal sealed record Do(Action<ScriptActor> Action);

/// <summary>
/// A persistent actor that does what the test says and tells its observer what happens to it. Its state is the items of its events, in order.
/// </summary>
internal sealed class ScriptActor : ReceivePersistentActor
{
    private readonly IActorRef _observer;

    public ScriptActor(string id, IActorRef observer, Action<ScriptActor>? onRecovered)
    {
        (PersistenceId, _observer) = (id, observer);
        Recover<Added>(added =>
        {
            if (added.Item == "bad")
                throw new InvalidOperationException("bad item");
            Items.Add(added.Item);
        });
        Recover<SnapshotOffer>(offer =>
        {
            Items.AddRange(((Items)offer.Snapshot).All);
            observer.Tell($"offered {offer.Metadata.SequenceNr}");
        });
        Recover<RecoveryCompleted>(_ =>
        {
            observer.Tell($"recovered {State}");
            onRecovered?.Invoke(this);
        });
        Command<Do>(command => command.Action(this));
        Command<Terminated>(dead => observer.Tell($"terminated {dead.ActorRef.Path.Name}"));
        Command<object>(_observer.Tell);
    }

    public override string PersistenceId { get; }

    public List<string> Items { get; } = [];

    public string State => string.Join(',', Items);

    public IActorRef Asker => Sender;

    public IActorRef Me => Self;

    public static Props Props(string id, IActorRef observer, Action<ScriptActor>? onRecovered = null) =>
        Runtime.Actor.Props.Create<ScriptActor>(id, observer, onRecovered);

    /// <summary>Persists an item, applies it, and answers.</summary>
    public void Add(string item) => Persist(new Added(item), Apply);

    public void Apply(Added added)
    {
        Items.Add(added.Item);
        Sender.Tell($"stored {added.Item}");
    }

    public static void Watch(IActorRef other) => Context.Watch(other);

    private protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        _observer.Tell(new PersistFailed(cause, @event, sequenceNr));
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        _observer.Tell(new PersistRejected(cause, @event, sequenceNr));
    }

    private protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        _observer.Tell(new RecoveryFailure(reason, message));
    }

    internal sealed record PersistFailed(Exception Cause, object Event, long SequenceNr);

    internal sealed record PersistRejected(Exception Cause, object Event, long SequenceNr);

    internal sealed record RecoveryFailure(Exception Reason, object? Event);
}
