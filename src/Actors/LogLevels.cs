namespace CacheMachine.Actors;

/// <summary>Lines of the log whose level is not known where they are written.</summary>
internal static class LogLevels
{
    /// <summary>Writes a line.</summary>
    /// <param name="log">Where.</param>
    /// <param name="level">Debug, information or warning.</param>
    /// <param name="template">With a name for each value.</param>
    /// <param name="values">In the order of the template.</param>
    public static void Write(this ILoggingAdapter log, LogLevel level, string template, params object[] values)
    {
        switch (level)
        {
            case LogLevel.DebugLevel:
                log.Debug(template, values);
                break;
            case LogLevel.InfoLevel:
                log.Info(template, values);
                break;
            default:
                log.Warning(template, values);
                break;
        }
    }
}
