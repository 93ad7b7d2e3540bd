using System.Diagnostics.CodeAnalysis;
using Akka.Actor.Setup;
using Akka.Dispatch;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>Where Akka.NET's log lines go.</summary>
/// <param name="loggers">The service's.</param>
internal sealed class LogForwarderSetup(ILoggerFactory loggers) : Setup
{
    public ILoggerFactory Loggers => loggers;
}

/// <summary>Gives Akka.NET's log lines to the service's log as those of the built-in runtime: the class that logs is the category, its actor's path is in the scope.</summary>
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

    [SuppressMessage("Usage", "CA2254", Justification = "The template is the one of the actor that logs; it is formatted already.")]
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
        // What Akka.NET says of itself is for its developers, until something is wrong.
        if (level < LogLevel.Warning && line.LogClass.Namespace?.StartsWith("Akka", StringComparison.Ordinal) == true)
            return;
        using (logger.BeginScope(new KeyValuePair<string, object>[] { new("ActorPath", line.LogSource) }))
            logger.Log(level, line.Cause, "{Message}", line.Message);
    }
}
