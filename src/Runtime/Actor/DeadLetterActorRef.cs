using CacheMachine.Runtime.Dispatch;
using CacheMachine.Runtime.Event;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <summary>Publishes what could not be delivered. Stands for <c>Akka.Actor.DeadLetterActorRef</c>.</summary>
internal sealed class DeadLetterActorRef(ActorSystem system, ActorPath path, ILogger logger) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    internal override ActorSystem System => system;

    internal override bool IsTerminated => true;

    public override void Tell(object message, IActorRef? sender)
    {
        RequireMessage(message);
        var letter = message as DeadLetter ?? new DeadLetter(message, sender ?? this, this);

        // What the runtime itself sends to an actor that has just died is no loss to anybody.
        if (letter.Message is Terminated or PoisonPill or TimerMessage or ReceiveTimeout) return;
        logger.LogDebug("Message {MessageType} from {Sender} to {Recipient} was not delivered: nobody is there.",
            letter.Message.GetType(), letter.Sender.Path, letter.Recipient.Path);
        system.EventStream.Publish(letter);
    }

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(this)) watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee));
    }
}
