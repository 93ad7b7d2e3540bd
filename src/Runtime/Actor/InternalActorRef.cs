using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <summary>What every reference of this runtime can do for the runtime itself. Stands for <c>Akka.Actor.IInternalActorRef</c>.</summary>
internal abstract class InternalActorRef : IActorRef
{
    public abstract ActorPath Path { get; }

    /// <summary>Null for a reference that belongs to no system.</summary>
    internal abstract ActorSystem? System { get; }

    internal virtual bool IsTerminated => false;

    public abstract void Tell(object message, IActorRef? sender);

    /// <summary>A reference without an actor behind it ignores these, except that it answers a watch when it is dead.</summary>
    internal virtual void SendSystemMessage(SystemMessage message)
    {
    }

    internal void Stop() => SendSystemMessage(new Terminate());

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object? obj) => obj is IActorRef other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Path.Uid, Path.GetHashCode());

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    private protected static void RequireMessage(object message)
    {
        if (message is null) throw new InvalidMessageException("A message must not be null.");
    }
}

/// <summary>The reference of an actor in this process. Stands for <c>Akka.Actor.LocalActorRef</c>.</summary>
internal sealed class LocalActorRef(ActorCell cell, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    internal ActorCell Cell => cell;

    internal override ActorSystem System => cell.System;

    internal override bool IsTerminated => cell.Mailbox.IsClosed;

    public override void Tell(object message, IActorRef? sender)
    {
        RequireMessage(message);
        cell.Mailbox.Enqueue(new Envelope(message, sender));
    }

    internal override void SendSystemMessage(SystemMessage message) => cell.Mailbox.Enqueue(message);
}

/// <summary>Stands for <c>Akka.Actor.Nobody</c>.</summary>
internal sealed class NobodyRef : InternalActorRef
{
    public override ActorPath Path { get; } = new(new ActorPath("akka://all-systems"), "Nobody");

    internal override ActorSystem? System => null;

    public override void Tell(object message, IActorRef? sender) => RequireMessage(message);
}
