using CacheMachine.Runtime.Dispatch;
using CacheMachine.Runtime.Event;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// What stays of an actor when its instance is replaced: mailbox, children, watches, behaviour. All of it is touched only in the
/// mailbox's turn, except where a member says otherwise. Stands for <c>Akka.Actor.ActorCell</c>.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell? s_current;

    private ActorBase? _actor;
    private Receive? _receive;
    private TimerScheduler? _timers;
    private Envelope _current;

    /// <summary>The instance has ended (PreRestart or PostStop has run) and there is no new one yet.</summary>
    private bool _released;

    internal ActorCell(ActorSystem system, Props props, InternalActorRef parent, ActorPath path)
    {
        System = system;
        Props = props;
        ParentRef = parent;
        Mailbox = new Mailbox(this, system.Settings.Activity);
        SelfRef = new LocalActorRef(this, path);
    }

    /// <summary>The cell whose turn this thread runs; null outside of actors.</summary>
    internal static ActorCell? Current
    {
        get => s_current;
        set => s_current = value;
    }

    internal Mailbox Mailbox { get; }

    internal Props Props { get; }

    internal LocalActorRef SelfRef { get; }

    internal InternalActorRef ParentRef { get; }

    /// <summary>
    /// The message being handled and its sender; the default outside of messages. Setting it lets a callback that runs later see the
    /// sender of the message that asked for it.
    /// </summary>
    internal Envelope CurrentEnvelope
    {
        get => _current;
        set => _current = value;
    }

    public ActorSystem System { get; }

    public IActorRef Self => SelfRef;

    public IActorRef Sender => _current.Sender ?? System.DeadLetters;

    public IActorRef Parent => ParentRef;

    internal void Become(Receive receive) => _receive = receive;

    /// <summary>Handles one user message; a failure is reported to the parent, never thrown.</summary>
    internal void Invoke(in Envelope envelope)
    {
        _current = envelope;
        try
        {
            if (envelope.Message is TimerMessage timer)
            {
                if (_timers?.Unwrap(timer) is { } message)
                {
                    _current = new Envelope(message, envelope.Sender);
                    Handle(message);
                }
            }
            else
            {
                Handle(envelope.Message!);
            }

            _current = default;
        }
        catch (Exception failure)
        {
            HandleInvokeFailure(failure);
        }

        RestartReceiveTimeout();
    }

    /// <summary>Handles what the runtime tells the actor.</summary>
    internal void SystemInvoke(SystemMessage message)
    {
        if (Mailbox.IsClosed)
        {
            if (message is Watch late) late.Watcher.SendSystemMessage(new DeathWatchNotification(SelfRef));
            return;
        }

        try
        {
            switch (message)
            {
                case Create: CreateActor(); break;
                case Terminate: TerminateActor(); break;
                case Suspend: FaultSuspend(); break;
                case Resume resume: FaultResume(resume.CausedByFailure); break;
                case Recreate recreate: FaultRecreate(recreate.Cause); break;
                case Watch watch: AddWatcher(watch.Watcher); break;
                case Unwatch unwatch: RemoveWatcher(unwatch.Watcher); break;
                case DeathWatchNotification death: HandleDeath(death.Actor); break;
                case Failed failed: HandleFailed(failed); break;
                default: throw new InvalidOperationException($"Unknown system message {message.GetType()}.");
            }
        }
        catch (Exception failure)
        {
            HandleInvokeFailure(failure);
        }
    }

    /// <summary>Reports a message that came after the actor's death.</summary>
    internal void DeadLetter(in Envelope envelope) =>
        System.DeadLetters.Tell(envelope.Message as DeadLetter ??
            new DeadLetter(envelope.Message!, envelope.Sender ?? System.DeadLetters, SelfRef), ActorRefs.NoSender);

    private void Handle(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                // An Unwatch after the death was noticed takes it out of the queue, in effect.
                if (_terminatedQueued?.Remove(terminated.ActorRef) == true) _actor!.AroundReceive(_receive!, message);
                break;
            case PoisonPill:
                Stop(SelfRef);
                break;
            case Kill:
                throw new ActorKilledException($"{SelfRef} was killed.");
            default:
                _actor!.AroundReceive(_receive!, message);
                break;
        }
    }

    /// <summary>Makes an instance and gives it what its interfaces ask for. The instance's own constructor sets the behaviour.</summary>
    private ActorBase NewActor()
    {
        _released = false;
        var actor = Props.NewActor();
        actor.Init();
        if (actor is IWithTimers withTimers) withTimers.Timers = _timers = new TimerScheduler(this);
        return actor;
    }

    /// <summary>
    /// Ends the instance: its timers stop, and it is disposed if it can be. The reference to it stays until there is a new one, because its
    /// supervisor strategy may still be asked.
    /// </summary>
    private void ReleaseActor()
    {
        if (_released) return;
        _released = true;
        _timers?.CancelAll();
        _timers = null;
        _current = default;
        try
        {
            (_actor as IDisposable)?.Dispose();
        }
        catch (Exception failure)
        {
            System.Logger.LogError(failure, "Actor {ActorPath} threw while it was disposed.", SelfRef.Path);
        }
    }
}
