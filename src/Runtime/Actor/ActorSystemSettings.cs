using CacheMachine.Runtime.Dispatch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Runtime.Actor;

/// <summary>What an actor system needs from outside. Stands for <c>Akka.Actor.Setup.ActorSystemSetup</c>.</summary>
public sealed record ActorSystemSettings
{
    /// <summary>The clock of all timers, time-outs and restart windows. In Akka.NET this is the scheduler's implementation.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where actors' logs go. In Akka.NET this is the list of loggers.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>For the actors made by <see cref="ActorSystem.ActorOf"/>. In Akka.NET this is <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
    internal SupervisorStrategy GuardianSupervisorStrategy { get; init; } = SupervisorStrategy.DefaultStrategy;

    /// <summary>Set by the test kit only.</summary>
    internal ActivityTracker? Activity { get; init; }
}
