using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Pattern;

/// <summary>
/// The parent of one child that it starts again after a growing delay. Stands for <c>Akka.Pattern.BackoffSupervisor</c>. Messages to it
/// are forwarded to the child; while there is no child they are dead letters. What the child sends to it goes on to its own parent,
/// with this supervisor as the sender.
/// </summary>
public abstract class BackoffSupervisor : ActorBase
{
    private readonly BackoffOptions _options;
    private IActorRef? _child;
    private int _restarts;

    private protected BackoffSupervisor(BackoffOptions options) => _options = options;

    /// <summary>Stands for <c>Akka.Pattern.BackoffSupervisor.Props(BackoffOptions)</c>.</summary>
    public static Props Props(BackoffOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.OnStop
            ? Actor.Props.Create<BackoffOnStopSupervisor>(options)
            : Actor.Props.Create<BackoffOnFailureSupervisor>(options);
    }

    private protected bool MayStartAgain => _options.MaxNrOfRetries < 0 || _restarts < _options.MaxNrOfRetries;

    /// <inheritdoc/>
    protected sealed override void PreStart() => StartNow();

    /// <inheritdoc/>
    protected sealed override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                _child = null;
                OnChildTerminated();
                break;
            case StartChild:
                StartNow();
                Context.System.Scheduler.ScheduleTellOnce(_options.MinBackoff, Self, new ResetRestarts(_restarts), Self);
                break;
            case ResetRestarts reset:
                if (reset.Seen == _restarts) _restarts = 0;
                break;
            default:
                if (_child is null) Context.System.DeadLetters.Forward(message);
                else if (_child.Equals(Sender)) Context.Parent.Tell(message);
                else _child.Forward(message);
                break;
        }

        return true;
    }

    private protected abstract void OnChildTerminated();

    private protected void StartLater()
    {
        Context.System.Scheduler.ScheduleTellOnce(_options.Delay(_restarts), Self, StartChild.Instance, Self);
        _restarts++;
    }

    private void StartNow() => _child ??= Context.Watch(Context.ActorOf(_options.ChildProps, _options.ChildName));

    private sealed class StartChild
    {
        internal static readonly StartChild Instance = new();
    }

    private sealed record ResetRestarts(int Seen);
}

/// <summary>Starts the child again whenever it has stopped.</summary>
internal sealed class BackoffOnStopSupervisor(BackoffOptions options) : BackoffSupervisor(options)
{
    private protected override void OnChildTerminated()
    {
        if (MayStartAgain) StartLater();
        else Context.Stop(Self);
    }
}

/// <summary>
/// Starts the child again when it has failed: a restart is made by stopping the child and starting it later. Stands for
/// <c>Akka.Pattern.BackoffOnRestartSupervisor</c>.
/// </summary>
internal sealed class BackoffOnFailureSupervisor(BackoffOptions options) : BackoffSupervisor(options)
{
    private bool _failed;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        var directive = Actor.SupervisorStrategy.DefaultDecider.Decide(cause);
        if (directive != Directive.Restart) return directive;
        _failed = true;
        return Directive.Stop;
    });

    private protected override void OnChildTerminated()
    {
        if (_failed && MayStartAgain) StartLater();
        else Context.Stop(Self);
        _failed = false;
    }
}
