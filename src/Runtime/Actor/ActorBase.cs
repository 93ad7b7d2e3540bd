using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.Actor;

/// <summary>Handles one message, or returns false when it is not for this handler. Stands for <c>Akka.Actor.Receive</c>.</summary>
internal delegate bool Receive(object message);

/// <summary>
/// Base of all actors. Stands for <c>Akka.Actor.ActorBase</c>. An instance is made by the runtime only, runs one message at a time,
/// and is replaced by a new instance when its parent restarts it. What is <c>private protected</c> here and in the classes below is protected in
/// Akka.NET; no actor of the service needs it.
/// </summary>
public abstract class ActorBase
{
    private SupervisorStrategy? _supervisorStrategy;

    /// <summary>Takes the place in the tree that the runtime has prepared on this thread.</summary>
    /// <exception cref="ActorInitializationException">Somebody else than the runtime made the instance.</exception>
    protected ActorBase()
    {
        Cell = ActorCell.Current ?? throw new ActorInitializationException(null,
            $"An instance of {GetType()} must be made by ActorOf with Props, not with the 'new' operator.");
        Cell.Become(Receive);
    }

    internal ActorCell Cell { get; }

    /// <summary>The strategy for this actor's children: that of its Props, or else what <see cref="SupervisorStrategy"/> returned first.</summary>
    internal SupervisorStrategy SupervisorStrategyInternal =>
        _supervisorStrategy ??= Cell.Props.SupervisorStrategy ?? SupervisorStrategy();

    /// <summary>Stands for <c>Akka.Actor.ActorBase.Context</c>: that of the actor whose code runs on this thread.</summary>
    /// <exception cref="NotSupportedException">This thread runs no actor, as after an await.</exception>
    private protected static IActorContext Context => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active actor context on this thread: most likely this is an asynchronous continuation. Pipe its result to Self.");

    /// <summary>Stands for <c>Akka.Actor.ActorBase.Self</c>. May be used from any thread.</summary>
    protected IActorRef Self => Cell.Self;

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorBase.Sender</c>: who sent the message that is being handled; the dead letters if nobody did.
    /// Keep it in a local variable before starting a task.
    /// </summary>
    protected IActorRef Sender => Cell.Sender;

    /// <summary>Stands for <c>Akka.Actor.ActorBase.Receive</c>: the behaviour as long as Become was not called.</summary>
    private protected abstract bool Receive(object message);

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorBase.AroundReceive</c>: sees every user message before the current behaviour does.
    /// </summary>
    /// <returns>Whether the message was handled.</returns>
    internal virtual bool AroundReceive(Receive receive, object message)
    {
        var handled = receive(message);
        if (!handled) Unhandled(message);
        return handled;
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorBase.Unhandled</c>: publishes an <see cref="UnhandledMessage"/>.
    /// </summary>
    /// <exception cref="DeathPactException">The message is a <see cref="Terminated"/>.</exception>
    private protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Cell.System.PublishUnhandled(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>Stands for <c>Akka.Actor.ActorBase.SupervisorStrategy</c>: asked once an instance, when a child fails.</summary>
    private protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>Stands for <c>Akka.Actor.ActorBase.PreStart</c>: runs before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Stands for <c>Akka.Actor.ActorBase.PostStop</c>: runs after the last message, when all children are dead.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorBase.PreRestart</c>: runs on the instance that failed. By default stops all children and calls
    /// <see cref="PostStop"/>.
    /// </summary>
    /// <param name="reason">What the actor failed with.</param>
    /// <param name="message">What it was handling then; null if it was no message. It is not handled again.</param>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Cell.GetChildren())
        {
            Cell.Unwatch(child);
            Cell.Stop(child);
        }

        PostStop();
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorBase.PostRestart</c>: runs on the new instance when the children that PreRestart stopped are dead.
    /// By default calls <see cref="PreStart"/>.
    /// </summary>
    private protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Runs after the constructor: nothing can be configured outside of Become from here on.</summary>
    internal virtual void Init()
    {
    }

    internal virtual void AroundPreStart() => PreStart();

    internal virtual void AroundPostStop() => PostStop();

    internal virtual void AroundPreRestart(Exception cause, object? message) => PreRestart(cause, message);

    internal virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);
}
