using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <summary>What happens to an actor that failed. Stands for <c>Akka.Actor.Directive</c>.</summary>
internal enum Directive
{
    /// <summary>Stands for <c>Akka.Actor.Directive.Resume</c>: it goes on with the next message, with the state it has.</summary>
    Resume,

    /// <summary>Stands for <c>Akka.Actor.Directive.Restart</c>: a new instance goes on with the next message.</summary>
    Restart,

    /// <summary>Stands for <c>Akka.Actor.Directive.Escalate</c>: its parent fails with the same exception.</summary>
    Escalate,

    /// <summary>Stands for <c>Akka.Actor.Directive.Stop</c>: it stops for good.</summary>
    Stop,
}

/// <summary>How an actor handles the failures of its children. Stands for <c>Akka.Actor.SupervisorStrategy</c>.</summary>
internal abstract class SupervisorStrategy
{
    private protected SupervisorStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> decider)
    {
        MaxNumberOfRetries = maxNrOfRetries ?? -1;
        WithinTimeRange = withinTimeRange is { } range && range > TimeSpan.Zero ? range : null;
        Decider = decider;
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.SupervisorStrategy.DefaultDecider</c>: stops a child that could not be initialised or was killed, restarts
    /// it after any other exception.
    /// </summary>
    internal static Func<Exception, Directive> DefaultDecider { get; } = static cause =>
        cause is ActorInitializationException or ActorKilledException ? Directive.Stop : Directive.Restart;

    /// <summary>
    /// Stands for <c>Akka.Actor.SupervisorStrategy.DefaultStrategy</c>: one for one with the default decider, restarting without a limit.
    /// </summary>
    internal static SupervisorStrategy DefaultStrategy { get; } = new OneForOneStrategy(null, null, DefaultDecider);

    /// <summary>Restarts that are allowed within the range of time; -1 is no limit.</summary>
    internal int MaxNumberOfRetries { get; }

    /// <summary>Null when restarts count for ever.</summary>
    internal TimeSpan? WithinTimeRange { get; }

    internal Func<Exception, Directive> Decider { get; }

    /// <returns>False when the failure is to be escalated.</returns>
    internal bool HandleFailure(ActorCell parent, ChildStats child, Exception cause)
    {
        var directive = Decider(cause);
        var logger = parent.System.Logger;
        switch (directive)
        {
            case Directive.Resume:
                logger.LogWarning(cause, "Actor {ActorPath} failed and is resumed.", child.Ref.Path);
                child.Ref.SendSystemMessage(new Dispatch.Resume(cause));
                return true;
            case Directive.Restart:
                logger.LogError(cause, "Actor {ActorPath} failed and is restarted, or stopped if it did so too often.", child.Ref.Path);
                ProcessFailure(parent, restart: true, child, cause);
                return true;
            case Directive.Stop:
                logger.LogError(cause, "Actor {ActorPath} failed and is stopped.", child.Ref.Path);
                ProcessFailure(parent, restart: false, child, cause);
                return true;
            default:
                return false;
        }
    }

    private protected abstract void ProcessFailure(ActorCell parent, bool restart, ChildStats child, Exception cause);

    private protected bool MayRestart(ActorCell parent, ChildStats child) =>
        child.RequestRestartPermission(MaxNumberOfRetries, WithinTimeRange, parent.System.Settings.TimeProvider);
}
