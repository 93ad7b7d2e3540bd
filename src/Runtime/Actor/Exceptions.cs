namespace CacheMachine.Runtime.Actor;

/// <summary>Base of the runtime's own errors. Stands for <c>Akka.Actor.AkkaException</c>.</summary>
public abstract class AkkaException : Exception
{
    private protected AkkaException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}

/// <summary>
/// The actor's constructor or PreStart threw; the cause is the inner exception. Stands for
/// <c>Akka.Actor.ActorInitializationException</c>. The default decider stops the child.
/// </summary>
internal class ActorInitializationException : AkkaException
{
    internal ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(actor is null ? message : $"{actor}: {message}", cause)
    {
    }
}

/// <summary>PostRestart (or the new instance's constructor) threw. Stands for <c>Akka.Actor.PostRestartException</c>.</summary>
internal sealed class PostRestartException(IActorRef actor, Exception cause, Exception restartCause) : ActorInitializationException(
    actor, $"Exception post restart ({restartCause.GetType()}: {restartCause.Message})", cause);

/// <summary>The actor got a <see cref="Kill"/>. Stands for <c>Akka.Actor.ActorKilledException</c>. The default decider stops the child.</summary>
internal sealed class ActorKilledException : AkkaException
{
    internal ActorKilledException(string message) : base(message)
    {
    }
}

/// <summary>The name is taken or not allowed. Stands for <c>Akka.Actor.InvalidActorNameException</c>.</summary>
internal sealed class InvalidActorNameException : AkkaException
{
    internal InvalidActorNameException(string message) : base(message)
    {
    }
}

/// <summary>The message is null. Stands for <c>Akka.Actor.InvalidMessageException</c>.</summary>
internal sealed class InvalidMessageException : AkkaException
{
    internal InvalidMessageException(string message) : base(message)
    {
    }
}

/// <summary>A watched actor died and the watcher does not handle <see cref="Terminated"/>. Stands for <c>Akka.Actor.DeathPactException</c>.</summary>
internal sealed class DeathPactException : AkkaException
{
    internal DeathPactException(IActorRef dead) : base($"Monitored actor {dead} terminated")
    {
    }
}

/// <summary>No answer within the time-out. Stands for <c>Akka.Actor.AskTimeoutException</c>. Whether the message was processed is not known.</summary>
public sealed class AskTimeoutException : AkkaException
{
    internal AskTimeoutException(string message) : base(message)
    {
    }
}
