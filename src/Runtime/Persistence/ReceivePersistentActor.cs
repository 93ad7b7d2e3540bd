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
    private MessageHandlers? _configuring;
    private bool _constructed;

    /// <summary>Handlers declared from here to the end of the constructor are the initial behaviour.</summary>
    protected ReceivePersistentActor() => _configuring = _commands;

    /// <summary>Stands for <c>Akka.Persistence.UntypedPersistentActor.Context</c>.</summary>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <summary>Stands for <c>ReceivePersistentActor.Command{T}(Action{T}, Predicate{T})</c>.</summary>
    /// <param name="handler">Called with each command of this type.</param>
    /// <param name="shouldHandle">Leaves the command to the next handler when it returns false; no predicate takes all.</param>
    /// <exception cref="InvalidOperationException">Called outside of the constructor and of Become, or after a handler that takes every command.</exception>
    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Configuring.Add(handler, shouldHandle);

    /// <summary>Stands for <c>ReceivePersistentActor.CommandAny</c>: takes what no handler before it took; must be the last one.</summary>
    protected void CommandAny(Action<object> handler) => Configuring.Add(handler, null);

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

    /// <summary>Stands for <c>ReceivePersistentActor.RecoverAny</c>: takes what no handler before it took; must be the last one.</summary>
    protected void RecoverAny(Action<object> handler) => Recover(handler);

    /// <summary>Stands for <c>ReceivePersistentActor.Become</c>: replaces the current behaviour for commands; recovery is not affected.</summary>
    /// <param name="configure">Declares the handlers of the new behaviour; runs at once.</param>
    protected void Become(Action configure) => Cell.Become(Configure(configure));

    /// <summary>Stands for <c>ReceivePersistentActor.BecomeStacked</c>: puts a behaviour for commands on top until UnbecomeStacked.</summary>
    protected void BecomeStacked(Action configure) => Cell.BecomeStacked(Configure(configure));

    /// <summary>Stands for <c>Akka.Actor.ActorBase.UnbecomeStacked</c>: back to the behaviour below; the lowest is the initial one.</summary>
    protected void UnbecomeStacked() => Cell.UnbecomeStacked();

    /// <inheritdoc/>
    protected sealed override bool ReceiveCommand(object message) => _commands.Handle(message);

    /// <inheritdoc/>
    protected sealed override bool ReceiveRecover(object message) => _recovers.Handle(message);

    internal sealed override void Init()
    {
        _configuring = null;
        _constructed = true;
    }

    private MessageHandlers Configuring => _configuring ?? throw new InvalidOperationException(
        "Command can be called only in the constructor of a persistent actor and in a method given to Become.");

    private Receive Configure(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var outer = _configuring;
        var handlers = new MessageHandlers();
        _configuring = handlers;
        try
        {
            configure();
        }
        finally
        {
            _configuring = outer;
        }

        return handlers.Handle;
    }
}
