using System.Runtime.ExceptionServices;
using CacheMachine.Runtime.Dispatch;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <content>
/// Birth, failure, restart and death. The order of steps is that of Akka.NET's <c>ActorCell.FaultHandling</c>: suspend, tell the
/// parent, let the children that must go die, and only then go on.
/// </content>
internal sealed partial class ActorCell
{
    private Waiting _waitingForChildren;
    private Exception? _recreateCause;

    /// <summary>This actor or the child whose failure it passed on; while set, the actor is suspended and its parent decides.</summary>
    private IActorRef? _perpetrator;

    private enum Waiting
    {
        No,
        ToCreate,
        ToRecreate,
        ToTerminate,
    }

    private bool IsTerminating => _waitingForChildren == Waiting.ToTerminate;

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
        }
        catch (Exception failure)
        {
            ReleaseActor();
            _actor = null;
            throw new ActorInitializationException(SelfRef, $"Exception during creation of {Props.Type}: {failure.Message}", failure);
        }
    }

    private void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef>? alreadySuspended = null)
    {
        if (_perpetrator is not null)
        {
            // The parent is deciding about an earlier failure, or the actor is stopping: nobody would act on this one.
            System.Logger.LogWarning(cause, "Actor {ActorPath} failed again while it is suspended or stopping.", SelfRef.Path);
            return;
        }

        Mailbox.Suspend();
        List<IActorRef> except = [.. alreadySuspended ?? []];
        if (_current.Message is Failed failed)
        {
            _perpetrator = failed.Child;
            except.Add(failed.Child);
        }
        else
        {
            _perpetrator = SelfRef;
        }

        SuspendChildren(except);
        ParentRef.SendSystemMessage(new Failed(SelfRef, cause));
    }

    /// <summary>A child failed: applies the strategy; an escalation is thrown and becomes this actor's own failure.</summary>
    private void HandleFailed(Failed failed)
    {
        // A Failed of a child that was killed in PreRestart, and perhaps replaced by one with the same name, is of no interest.
        if (FindChild(failed.Child) is not { } child) return;
        if (_actor is null)
        {
            Stop(failed.Child);
            return;
        }

        var outer = _current;
        _current = new Envelope(failed, failed.Child); // the decider sees the child as the sender
        if (!_actor.SupervisorStrategyInternal.HandleFailure(this, child, failed.Cause))
        {
            if (_perpetrator is null) ExceptionDispatchInfo.Throw(failed.Cause);

            // The parent decides about an earlier failure and would ignore this one: the child must not stay suspended for ever.
            System.Logger.LogError(failed.Cause, "Actor {ActorPath} failed while its parent, too, waits for a decision; it is stopped.",
                failed.Child.Path);
            Stop(failed.Child);
        }

        _current = outer;
    }

    private void FaultSuspend()
    {
        Mailbox.Suspend();
        SuspendChildren([]);
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_actor is null && _waitingForChildren == Waiting.No && causedByFailure is not null)
        {
            FaultCreate(); // the constructor or PreStart failed: there is nothing to resume
            return;
        }

        var perpetrator = _perpetrator;
        Mailbox.Resume();
        if (causedByFailure is not null && !IsTerminating)
        {
            _perpetrator = null;
            _current = default;
        }

        ResumeChildren(causedByFailure, perpetrator);
    }

    private void FaultRecreate(Exception cause)
    {
        if (_waitingForChildren != Waiting.No)
        {
            FaultResume(null); // only to balance the count of suspensions
            return;
        }

        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        try
        {
            _actor.AroundPreRestart(cause, _current.Message is Failed ? null : _current.Message);
        }
        catch (Exception failure)
        {
            System.Logger.LogError(failure, "Actor {ActorPath} threw in PreRestart after it had failed with {CauseType}; it is restarted all the same.",
                SelfRef.Path, cause.GetType());
        }

        ReleaseActor();
        _recreateCause = cause;
        WaitForDyingChildren(Waiting.ToRecreate);
    }

    private void FaultCreate()
    {
        SetReceiveTimeout(null);
        StopChildren();
        WaitForDyingChildren(Waiting.ToCreate);
    }

    private void TerminateActor()
    {
        SetReceiveTimeout(null);
        UnwatchAll();
        CloseChildren();
        StopChildren();
        if (!IsTerminating)
        {
            Mailbox.Suspend();
            _perpetrator = SelfRef; // failures from here on are not the parent's business
        }

        WaitForDyingChildren(Waiting.ToTerminate);
    }

    private void WaitForDyingChildren(Waiting reason)
    {
        _waitingForChildren = reason;
        ContinueWhenChildrenAreDead();
    }

    private void ContinueWhenChildrenAreDead()
    {
        if (_dying is { Count: > 0 }) return;
        var reason = _waitingForChildren;
        _waitingForChildren = Waiting.No;
        switch (reason)
        {
            case Waiting.ToCreate: FinishCreate(); break;
            case Waiting.ToRecreate: FinishRecreate(); break;
            case Waiting.ToTerminate: FinishTerminate(); break;
            default: break;
        }
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        _perpetrator = null;
        CreateActor();
    }

    private void FinishRecreate()
    {
        var cause = _recreateCause!;
        _recreateCause = null;
        var survivors = GetChildren().ToArray(); // before the new instance makes others
        Mailbox.Resume();
        _perpetrator = null;
        try
        {
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null);
            foreach (var survivor in survivors) ((InternalActorRef)survivor).SendSystemMessage(new Recreate(cause));
        }
        catch (Exception failure)
        {
            ReleaseActor();
            _actor = null;
            HandleInvokeFailure(new PostRestartException(SelfRef, failure, cause), survivors);
        }
    }

    private void FinishTerminate()
    {
        try
        {
            if (!_released) _actor?.AroundPostStop();
        }
        catch (Exception failure)
        {
            System.Logger.LogError(failure, "Actor {ActorPath} threw in PostStop; it is stopped all the same.", SelfRef.Path);
        }

        SetReceiveTimeout(null);
        UnwatchAll(); // PostStop may have watched again
        ReleaseActor();
        _actor = null;
        _receive = null;
        Mailbox.Close();
        TellWatchersOfDeath();
    }
}
