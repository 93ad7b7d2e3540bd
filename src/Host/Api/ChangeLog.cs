namespace CacheMachine.Host.Api;

/// <summary>Says in the log who has changed what.</summary>
internal sealed partial class ChangeLog(ILogger logger)
{
    public void Posted(string machine, HttpContext by) => LogPosted(logger, machine, Caller.Of(by));

    public void Deleted(string machine, HttpContext by) => LogDeleted(logger, machine, Caller.Of(by));

    [LoggerMessage(LogLevel.Information, "Machine {Machine} created or replaced by {Client}")]
    private static partial void LogPosted(ILogger logger, string machine, string client);

    [LoggerMessage(LogLevel.Information, "Machine {Machine} deleted by {Client}")]
    private static partial void LogDeleted(ILogger logger, string machine, string client);
}
