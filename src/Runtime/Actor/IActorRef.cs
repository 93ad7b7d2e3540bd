namespace CacheMachine.Runtime.Actor;

/// <summary>Something a message can be sent to. Stands for <c>Akka.Actor.ICanTell</c>.</summary>
public interface ICanTell
{
    /// <summary>Stands for <c>Akka.Actor.ICanTell.Tell</c>. Returns at once; the message is delivered at most once.</summary>
    /// <param name="message">An immutable object.</param>
    /// <param name="sender">Who gets the replies; <see cref="ActorRefs.NoSender"/> if nobody waits for one.</param>
    /// <exception cref="InvalidMessageException">The message is null.</exception>
    void Tell(object message, IActorRef? sender);
}

/// <summary>
/// The address of one incarnation of an actor. Stands for <c>Akka.Actor.IActorRef</c>. Two references are equal when path and
/// incarnation are: a new actor under an old name has another reference and never gets the old one's messages.
/// </summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>
{
    /// <summary>Stands for <c>Akka.Actor.IActorRef.Path</c>.</summary>
    internal ActorPath Path { get; }
}

/// <summary>References that belong to no actor. Stands for <c>Akka.Actor.ActorRefs</c>.</summary>
public static class ActorRefs
{
    /// <summary>Stands for <c>Akka.Actor.ActorRefs.Nobody</c>: the actor that does not exist; messages to it vanish.</summary>
    public static readonly IActorRef Nobody = new NobodyRef();

    /// <summary>Stands for <c>Akka.Actor.ActorRefs.NoSender</c>, which is null there too; replies then become dead letters.</summary>
    public static readonly IActorRef? NoSender;
}

/// <summary>Sending with the current actor as the sender. Stands for <c>Akka.Actor.ActorRefImplicitSenderExtensions</c>.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>
    /// Stands for <c>Akka.Actor.ActorRefImplicitSenderExtensions.Tell</c>: the sender is the actor whose handler is running on this
    /// thread, or nobody outside of an actor.
    /// </summary>
    public static void Tell(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, ActorCell.Current?.Self);
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorRefImplicitSenderExtensions.Forward</c>: passes a message on with its original sender, so that
    /// the receiver's reply goes there.
    /// </summary>
    internal static void Forward(this IActorRef receiver, object message)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        receiver.Tell(message, ActorCell.Current?.CurrentEnvelope.Sender);
    }
}
