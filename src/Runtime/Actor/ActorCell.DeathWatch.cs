using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <content>Who watches whom.</content>
internal sealed partial class ActorCell
{
    private HashSet<IActorRef>? _watching;
    private HashSet<InternalActorRef>? _watchedBy;
    private HashSet<IActorRef>? _terminatedQueued;

    public IActorRef Watch(IActorRef subject)
    {
        if (subject is not InternalActorRef target) throw new ArgumentException($"{subject} is not a reference of this runtime.", nameof(subject));
        if (!target.Equals(SelfRef) && (_watching ??= []).Add(target)) target.SendSystemMessage(new Watch(target, SelfRef));
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (_watching?.Remove(subject) == true) ((InternalActorRef)subject).SendSystemMessage(new Unwatch(SelfRef));
        _terminatedQueued?.Remove(subject);
        return subject;
    }

    /// <summary>A <see cref="Terminated"/> that was taken from the mailbox goes back there: as long as it waits, an Unwatch still takes it out.</summary>
    internal void ExpectTerminated(IActorRef dead) => (_terminatedQueued ??= []).Add(dead);

    private void AddWatcher(InternalActorRef watcher)
    {
        if (!watcher.Equals(SelfRef)) (_watchedBy ??= []).Add(watcher);
    }

    private void RemoveWatcher(InternalActorRef watcher) => _watchedBy?.Remove(watcher);

    private void UnwatchAll()
    {
        if (_watching is not null)
        {
            foreach (var subject in _watching) ((InternalActorRef)subject).SendSystemMessage(new Unwatch(SelfRef));
            _watching = null;
        }

        _terminatedQueued = null;
    }

    /// <summary>The parent is told of each child's death anyway, so it must not be told twice as a watcher.</summary>
    private void TellWatchersOfDeath()
    {
        ParentRef.SendSystemMessage(new DeathWatchNotification(SelfRef));
        if (_watchedBy is null) return;
        foreach (var watcher in _watchedBy)
        {
            if (!watcher.Equals(ParentRef)) watcher.SendSystemMessage(new DeathWatchNotification(SelfRef));
        }

        _watchedBy = null;
    }

    private void HandleDeath(InternalActorRef dead)
    {
        if (_watching?.Remove(dead) == true && !IsTerminating)
        {
            (_terminatedQueued ??= []).Add(dead);
            SelfRef.Tell(new Terminated(dead), dead);
        }

        if (!IsChild(dead)) return;
        RemoveChild(dead);
        ContinueWhenChildrenAreDead();
    }
}
