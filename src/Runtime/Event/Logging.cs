using CacheMachine.Runtime.Actor;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Event;

/// <summary>
/// An actor's log. Stands for <c>Akka.Event.ILoggingAdapter</c>. Formats are message templates with named holes, and every
/// entry carries the actor's path as the scope value <c>ActorPath</c>.
/// </summary>
public interface ILoggingAdapter
{
    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Debug</c>.</summary>
    internal void Debug(string format, params object?[] args);

    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Info</c>.</summary>
    void Info(string format, params object?[] args);

    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Warning</c>.</summary>
    void Warning(string format, params object?[] args);

    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Warning</c> with a cause.</summary>
    void Warning(Exception cause, string format, params object?[] args);

    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Error</c>.</summary>
    void Error(string format, params object?[] args);

    /// <summary>Stands for <c>Akka.Event.LoggingExtensions.Error</c> with a cause.</summary>
    void Error(Exception cause, string format, params object?[] args);
}

/// <summary>Stands for <c>Akka.Event.Logging</c>.</summary>
public static class Logging
{
    /// <summary>
    /// Stands for <c>Akka.Event.Logging.GetLogger</c>: the category is the actor's type. To be called while the actor is constructed
    /// or running; the adapter itself can be used from any thread.
    /// </summary>
    public static ILoggingAdapter GetLogger(this IActorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var cell = (ActorCell)context;
        return new LoggingAdapter(cell.System.Settings.LoggerFactory.CreateLogger(cell.Props.Type), cell.Self.Path);
    }
}
