namespace CacheMachine.Runtime.Actor;

/// <summary>
/// An actor whose behaviour is a list of handlers by message type, declared in the constructor and in the methods given to Become.
/// Stands for <c>Akka.Actor.ReceiveActor</c>. Handlers are tried in the order of declaration; there is no ReceiveAsync here, because
/// no handler waits: results of tasks are piped to Self.
/// </summary>
public abstract class ReceiveActor : ActorBase
{
    private readonly MessageHandlers _initial = new();
    private MessageHandlers? _configuring;

    /// <summary>Handlers declared from here to the end of the constructor are the initial behaviour.</summary>
    protected ReceiveActor() => _configuring = _initial;

    /// <summary>Stands for <c>Akka.Actor.UntypedActor.Context</c>, which a receive actor inherits there.</summary>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <summary>Stands for <c>Akka.Actor.ReceiveActor.Receive{T}(Action{T}, Predicate{T})</c>.</summary>
    /// <param name="handler">Called with each message of this type.</param>
    /// <param name="shouldHandle">Leaves the message to the next handler when it returns false; no predicate takes all.</param>
    /// <exception cref="InvalidOperationException">
    /// Called outside of the constructor and of Become, or after a handler that takes every message.
    /// </exception>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Configuring.Add(handler, shouldHandle);

    /// <summary>Stands for <c>Akka.Actor.ReceiveActor.ReceiveAny</c>: takes what no handler before it took; must be the last one.</summary>
    protected void ReceiveAny(Action<object> handler) => Configuring.Add(handler, null);

    /// <summary>Stands for <c>Akka.Actor.ReceiveActor.Become</c>: replaces the current behaviour.</summary>
    /// <param name="configure">Declares the handlers of the new behaviour; runs at once.</param>
    protected void Become(Action configure) => Cell.Become(Configure(configure));

    /// <inheritdoc/>
    private protected sealed override bool Receive(object message) => _initial.Handle(message);

    internal sealed override void Init() => _configuring = null;

    private MessageHandlers Configuring => _configuring ?? throw new InvalidOperationException(
        "Receive can be called only in the constructor of an actor and in a method given to Become.");

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
