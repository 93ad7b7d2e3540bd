namespace CacheMachine.Runtime.Actor;

/// <summary>
/// Messages set aside for later. Stands for <c>Akka.Actor.IStash</c>. When the actor is restarted or stopped, what is stashed goes back
/// to the front of the mailbox.
/// </summary>
public interface IStash
{
    /// <summary>Stands for <c>Akka.Actor.IStash.Stash</c>: sets the message that is being handled aside, with its sender.</summary>
    /// <exception cref="IllegalActorStateException">It was stashed already, or no message is being handled.</exception>
    void Stash();

    /// <summary>Stands for <c>Akka.Actor.IStash.Unstash</c>: puts the oldest stashed message to the front of the mailbox.</summary>
    void Unstash();

    /// <summary>Stands for <c>Akka.Actor.IStash.UnstashAll</c>: puts all to the front of the mailbox, in the order of stashing.</summary>
    void UnstashAll();
}

/// <summary>
/// Gives an actor a stash, set after the constructor and before PreStart. Stands for <c>Akka.Actor.IWithStash</c>.
/// </summary>
public interface IWithStash
{
    /// <summary>Stands for <c>Akka.Actor.IActorStash.Stash</c>; only the runtime sets it.</summary>
    IStash Stash { get; set; }
}

/// <summary>Stands for <c>Akka.Actor.IWithUnboundedStash</c>: all stashes of this runtime are unbounded.</summary>
public interface IWithUnboundedStash : IWithStash;
