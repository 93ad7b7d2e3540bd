using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

public abstract partial class Eventsourced
{
    /// <summary>Recovery begins before the actor's own PreStart runs, and its first result can only come after it.</summary>
    internal override void AroundPreStart()
    {
        StartRecovery();
        base.AroundPreStart();
    }

    /// <summary>A new incarnation recovers again; it knows only what the journal knows.</summary>
    internal override void AroundPostRestart(Exception cause, object? message)
    {
        StartRecovery();
        base.AroundPostRestart(cause, message);
    }

    internal override void AroundPreRestart(Exception cause, object? message)
    {
        // All that waits goes back to the mailbox, which survives the restart, in its order.
        _waiting.UnstashAll();
        base.AroundPreRestart(cause, message);
    }

    internal override void AroundPostStop()
    {
        // The mailbox is on its way to the dead letters, and so is what waits.
        _waiting.UnstashAll();
        base.AroundPostStop();
    }

    /// <summary>Sees every message first: answers of the journal are handled here, and commands wait here while they must. Stands for <c>Eventsourced.AroundReceive</c>.</summary>
    internal override bool AroundReceive(Receive receive, object message)
    {
        switch (message)
        {
            case EventsourcedReply reply:
                if (reply.InstanceId == _instanceId && _phase != Phase.Failed)
                    Handle(reply);
                return true;
            case var _ when _phase == Phase.Processing:
                return Process(receive, message);
            default:
                _waiting.Stash();
                return true;
        }
    }

    private void Handle(EventsourcedReply reply)
    {
        switch (reply)
        {
            case BatchEnded ended:
                OnBatchEnded(ended);
                break;
            case SnapshotLoaded loaded:
                OnSnapshotLoaded(loaded);
                break;
            case PageRead page:
                OnPageRead(page);
                break;
            case RecoveryFailed failed:
                FailRecovery(failed.Cause, null);
                break;
        }
    }

    private bool Process(Receive receive, object message)
    {
        var succeeded = false;
        try
        {
            var handled = base.AroundReceive(receive, message);
            succeeded = true;
            return handled;
        }
        finally
        {
            // As in Akka.NET, events that a handler persisted before it threw are written.
            Continue(unstashAll: !succeeded);
        }
    }

    /// <summary>After a command or a batch: writes what has been persisted meanwhile; if no command has to wait for that, lets the next one in.</summary>
    private void Continue(bool unstashAll)
    {
        Flush();
        _phase = _pendingPersists > 0 ? Phase.Persisting : Phase.Processing;
        if (_phase == Phase.Processing)
            UnstashInternally(unstashAll);
    }

    /// <summary>
    /// Puts the first waiting command before everything in the mailbox (or all of them, when the instance may end). One at a time, because the first may
    /// persist again, and then the others must go on waiting.
    /// </summary>
    private void UnstashInternally(bool all)
    {
        if (all)
            _waiting.UnstashAll();
        else
            _waiting.Unstash();
    }

    private void StopFailed()
    {
        _phase = Phase.Failed;
        Context.Stop(Self);
    }
}
