namespace CacheMachine.Runtime.Actor;

/// <summary>
/// A watched actor is dead: its PostStop has run. The sender is the dead actor. Stands for <c>Akka.Actor.Terminated</c>.
/// A watcher that does not handle it fails with <see cref="DeathPactException"/>.
/// </summary>
public sealed class Terminated
{
    internal Terminated(IActorRef actorRef) => ActorRef = actorRef;

    /// <summary>Stands for <c>Akka.Actor.Terminated.ActorRef</c>.</summary>
    public IActorRef ActorRef { get; }

    /// <inheritdoc/>
    public override string ToString() => $"<Terminated>: {ActorRef}";
}

/// <summary>Stops its receiver after the messages that are already in the mailbox. Stands for <c>Akka.Actor.PoisonPill</c>.</summary>
internal sealed class PoisonPill
{
    private PoisonPill()
    {
    }

    /// <summary>Stands for <c>Akka.Actor.PoisonPill.Instance</c>.</summary>
    public static PoisonPill Instance { get; } = new();
}

/// <summary>
/// Makes its receiver fail with <see cref="ActorKilledException"/>, after the messages that are already in the mailbox; the parent's
/// strategy decides. Stands for <c>Akka.Actor.Kill</c>.
/// </summary>
internal sealed class Kill
{
    private Kill()
    {
    }

    /// <summary>Stands for <c>Akka.Actor.Kill.Instance</c>.</summary>
    public static Kill Instance { get; } = new();
}

/// <summary>No message came for the time given to SetReceiveTimeout. Stands for <c>Akka.Actor.ReceiveTimeout</c>.</summary>
internal sealed class ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    /// <summary>Stands for <c>Akka.Actor.ReceiveTimeout.Instance</c>.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>The outcome of an operation as a message. Stands for <c>Akka.Actor.Status</c>.</summary>
public abstract class Status
{
    private Status()
    {
    }

    /// <summary>It failed; an Ask that gets this fails with the cause. Stands for <c>Akka.Actor.Status.Failure</c>.</summary>
    public sealed class Failure : Status
    {
        internal Failure(Exception cause) => Cause = cause;

        /// <summary>Stands for <c>Akka.Actor.Status.Failure.Cause</c>: why.</summary>
        public Exception Cause { get; }

        /// <inheritdoc/>
        public override string ToString() => $"Failure: {Cause}";
    }
}
