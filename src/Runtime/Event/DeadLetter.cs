using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Event;

/// <summary>
/// A message that could not be delivered, published on the <see cref="EventStream"/>. Stands for <c>Akka.Event.DeadLetter</c>.
/// </summary>
public sealed class DeadLetter
{
    internal DeadLetter(object message, IActorRef sender, IActorRef recipient)
    {
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    /// <summary>Stands for <c>Akka.Event.AllDeadLetters.Message</c>.</summary>
    internal object Message { get; }

    /// <summary>Stands for <c>Akka.Event.AllDeadLetters.Sender</c>; the dead letters themselves if nobody sent it.</summary>
    internal IActorRef Sender { get; }

    /// <summary>Stands for <c>Akka.Event.AllDeadLetters.Recipient</c>.</summary>
    internal IActorRef Recipient { get; }

    /// <inheritdoc/>
    public override string ToString() => $"DeadLetter from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>
/// A message that its receiver has no handler for, published on the <see cref="EventStream"/>. Stands for
/// <c>Akka.Event.UnhandledMessage</c>.
/// </summary>
internal sealed class UnhandledMessage
{
    internal UnhandledMessage(object message, IActorRef sender, IActorRef recipient)
    {
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    /// <summary>Stands for <c>Akka.Event.UnhandledMessage.Message</c>.</summary>
    public object Message { get; }

    /// <summary>Stands for <c>Akka.Event.UnhandledMessage.Sender</c>.</summary>
    public IActorRef Sender { get; }

    /// <summary>Stands for <c>Akka.Event.UnhandledMessage.Recipient</c>.</summary>
    public IActorRef Recipient { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Unhandled message from {Sender} to {Recipient}: <{Message}>";
}
