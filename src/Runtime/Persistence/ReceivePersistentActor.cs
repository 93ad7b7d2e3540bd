using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// A persistent actor whose behaviour is two lists of handlers by message type: <c>Recover</c> for what is replayed, <c>Command</c> for what is sent. Stands for
/// Akka.NET's <c>Akka.Persistence.ReceivePersistentActor</c>. There is no CommandAsync here, because no handler waits: results of tasks are piped to Self.
/// </summary>
public abstract class ReceivePersistentActor : Eventsourced
{
    private readonly MessageHandlers _commands = new();
    private readonly MessageHandlers _recovers = new();
    private bool _constructed;

    /// <summary>Stands for <c>Akka.Persistence.UntypedPersistentActor.Context</c>.</summary>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <summary>Stands for <c>ReceivePersistentActor.Command{T}(Action{T}, Predicate{T})</c>.</summary>
    /// <param name="handler">Called with each command of this type.</param>
    /// <param name="shouldHandle">Leaves the command to the next handler when it returns false; no predicate takes all.</param>
    /// <exception cref="InvalidOperationException">Called outside of the constructor, or after a handler that takes every command.</exception>
    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null)
    {
        if (_constructed)
            throw new InvalidOperationException("Command can be called only in the constructor of a persistent actor.");
        _commands.Add(handler, shouldHandle);
    }

    /// <summary>
    /// Stands for <c>ReceivePersistentActor.Recover{T}(Action{T}, Predicate{T})</c>: for events, <see cref="SnapshotOffer"/> and <see cref="RecoveryCompleted"/>.
    /// </summary>
    /// <param name="handler">Called with each replayed message of this type.</param>
    /// <param name="shouldHandle">Leaves the message to the next handler when it returns false; no predicate takes all.</param>
    /// <exception cref="InvalidOperationException">Called outside of the constructor, or after a handler that takes everything.</exception>
    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null)
    {
        if (_constructed)
            throw new InvalidOperationException("Recover can be called only in the constructor of a persistent actor.");
        _recovers.Add(handler, shouldHandle);
    }

    /// <inheritdoc/>
    private protected sealed override bool ReceiveCommand(object message) => _commands.Handle(message);

    /// <inheritdoc/>
    private protected sealed override bool ReceiveRecover(object message) => _recovers.Handle(message);

    internal sealed override void Init() => _constructed = true;
}
