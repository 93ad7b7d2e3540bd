using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Pattern;

/// <summary>
/// The parent of one child that it starts again after a growing delay. Stands for <c>Akka.Pattern.BackoffSupervisor</c>. Messages to it
/// are forwarded to the child; while there is no child they are dead letters. What the child sends to it goes on to its own parent,
/// with this supervisor as the sender.
/// </summary>
public sealed class BackoffSupervisor : ActorBase
{
    private readonly BackoffOptions _options;
    private IActorRef? _child;
    private int _restarts;

    private BackoffSupervisor(BackoffOptions options) => _options = options;

    /// <summary>Stands for <c>Akka.Pattern.BackoffSupervisor.Props(BackoffOptions)</c>.</summary>
    public static Props Props(BackoffOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Actor.Props.Create(() => new BackoffSupervisor(options));
    }

    /// <inheritdoc/>
    protected override void PreStart() => StartNow();

    /// <inheritdoc/>
    private protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                _child = null;
                StartLater();
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

    private void StartLater()
    {
        if (_options.MaxNrOfRetries >= 0 && _restarts >= _options.MaxNrOfRetries)
        {
            Context.Stop(Self);
            return;
        }

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
