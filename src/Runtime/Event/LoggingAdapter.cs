using System.Diagnostics.CodeAnalysis;
using CacheMachine.Runtime.Actor;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Event;

/// <summary>Hands an actor's log entries to Microsoft.Extensions.Logging; a level that is off costs one check.</summary>
internal sealed class LoggingAdapter(ILogger logger, ActorPath path) : ILoggingAdapter
{
    private readonly KeyValuePair<string, object>[] _scope = [new("ActorPath", path)];

    public void Debug(string format, params object?[] args) => Log(LogLevel.Debug, null, format, args);

    public void Info(string format, params object?[] args) => Log(LogLevel.Information, null, format, args);

    public void Warning(string format, params object?[] args) => Log(LogLevel.Warning, null, format, args);

    public void Warning(Exception cause, string format, params object?[] args) => Log(LogLevel.Warning, cause, format, args);

    public void Error(string format, params object?[] args) => Log(LogLevel.Error, null, format, args);

    public void Error(Exception cause, string format, params object?[] args) => Log(LogLevel.Error, cause, format, args);

    [SuppressMessage("Usage", "CA2254", Justification = "The template is a constant where the actor logs.")]
    private void Log(LogLevel level, Exception? cause, string format, object?[] args)
    {
        if (!logger.IsEnabled(level)) return;
        using (logger.BeginScope(_scope)) logger.Log(level, cause, format, args);
    }
}
