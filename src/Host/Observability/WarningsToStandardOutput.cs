using Akka.Event;

namespace CacheMachine.Host.Observability;

/// <summary>
/// Akka.NET's log while it has no other, at its very start and end. Akka.NET does not heed <c>stdout-loglevel</c> at the end, and would write
/// lines that are not JSON at each stop.
/// </summary>
internal sealed class WarningsToStandardOutput : StandardOutLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is LogEvent line && line.LogLevel() >= Akka.Event.LogLevel.WarningLevel)
            base.Log(message);
    }
}
