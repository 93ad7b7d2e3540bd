using System.Diagnostics.CodeAnalysis;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace CacheMachine.Host.Observability;

/// <summary>Where the actors' log lines go.</summary>
/// <param name="loggers">The service's.</param>
internal sealed class LogForwarderSetup(ILoggerFactory loggers) : Setup
{
    public ILoggerFactory Loggers => loggers;
}

/// <summary>
/// Gives the actors' log lines to the service's log with their templates and named properties: the class that logs is the category, its actor's path is
/// in the scope. (Akka.Hosting's own logger writes everything under one category, formatted, with a second time stamp.)
/// </summary>
internal sealed class LogForwarder : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<Type, ILogger> _byClass = [];

    public LogForwarder()
    {
        _loggers = Context.System.Settings.Setup.Get<LogForwarderSetup>().Value.Loggers;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Log);
    }

    // These classes are Akka.NET's own affair, so their names are all there is.
    private static bool IsOfTries(LogEvent line) => line.Cause?.GetType().FullName == "Akka.Remote.EndpointDisassociatedException"
        || line.LogClass.FullName is "Akka.Remote.EndpointWriter" or "Akka.Remote.ReliableDeliverySupervisor" or "Akka.Cluster.Sharding.ShardRegion"
        || line.LogSource.StartsWith("remoting", StringComparison.OrdinalIgnoreCase);

    [SuppressMessage("Usage", "CA2254", Justification = "The template is the one of the actor that logs.")]
    private void Log(LogEvent line)
    {
        if (!_byClass.TryGetValue(line.LogClass, out var logger))
            _byClass[line.LogClass] = logger = _loggers.CreateLogger(line.LogClass);
        var level = line.LogLevel() switch
        {
            Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
            Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
            Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        // Said at each of many tries to reach a replica; that it is unreachable, and reachable again, is said once, by ReplicaActor.
        if (level is LogLevel.Warning or LogLevel.Error && IsOfTries(line))
            level = LogLevel.Debug;
        // What Akka.NET says of itself is for its developers, until something is wrong.
        if (level < LogLevel.Warning && line.LogClass.Namespace?.StartsWith("Akka", StringComparison.Ordinal) == true)
            return;
        // Actors that are still being made when the system is told to end.
        if (line.Cause is ActorInitializationException && CoordinatedShutdown.Get(Context.System).ShutdownReason is not null)
            return;
        using var scope = logger.BeginScope(new KeyValuePair<string, object>[] { new("ActorPath", line.LogSource) });
        // Akka.NET's own templates have numbers for names.
        if (line.Message is LogMessage message && !message.PropertyNames.Any(name => char.IsAsciiDigit(name[0])))
            logger.Log(level, line.Cause, message.Format, [.. message.Parameters()]);
        else
            logger.Log(level, line.Cause, "{Message}", line.Message);
    }
}
