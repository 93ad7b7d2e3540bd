using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Dispatch;

/// <summary>
/// What the runtime itself tells an actor: processed before any user message, also while the actor is suspended. An instance is
/// linked into one mailbox and must not be sent twice.
/// </summary>
internal abstract class SystemMessage
{
    internal SystemMessage? Next { get; set; }
}

/// <summary>Make the actor instance and run its PreStart.</summary>
internal sealed class Create : SystemMessage;

/// <summary>Stop the children, then the actor.</summary>
internal sealed class Terminate : SystemMessage;

/// <summary>Process no user messages until resumed; counted.</summary>
internal sealed class Suspend : SystemMessage;

/// <summary>Undo one <see cref="Suspend"/>; the cause is set when it was the actor's own failure that its parent forgave.</summary>
internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    internal Exception? CausedByFailure { get; } = causedByFailure;
}

/// <summary>Replace the actor instance by a new one; the mailbox stays.</summary>
internal sealed class Recreate(Exception cause) : SystemMessage
{
    internal Exception Cause { get; } = cause;
}

/// <summary>The watcher wants to know when the watchee dies.</summary>
internal sealed class Watch(InternalActorRef watchee, InternalActorRef watcher) : SystemMessage
{
    internal InternalActorRef Watchee { get; } = watchee;

    internal InternalActorRef Watcher { get; } = watcher;
}

/// <summary>The watcher does not want to know any more.</summary>
internal sealed class Unwatch(InternalActorRef watcher) : SystemMessage
{
    internal InternalActorRef Watcher { get; } = watcher;
}

/// <summary>The actor is dead: its PostStop has run and its mailbox is closed.</summary>
internal sealed class DeathWatchNotification(InternalActorRef actor) : SystemMessage
{
    internal InternalActorRef Actor { get; } = actor;
}

/// <summary>The child threw and is suspended: its parent decides what comes next.</summary>
internal sealed class Failed(InternalActorRef child, Exception cause) : SystemMessage
{
    internal InternalActorRef Child { get; } = child;

    internal Exception Cause { get; } = cause;
}
