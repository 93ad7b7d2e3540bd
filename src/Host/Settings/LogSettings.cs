namespace CacheMachine.Host.Settings;

/// <summary>How log lines look.</summary>
public enum LogProfile
{
    /// <summary>Lines for people.</summary>
    Development,

    /// <summary>One JSON object a line.</summary>
    Production,
}

/// <summary>What is logged, and how.</summary>
/// <param name="Level">The lowest level that is written.</param>
/// <param name="Profile">How lines look.</param>
/// <param name="Logger">Category of the service's own lines.</param>
public sealed record LogSettings(LogLevel Level, LogProfile Profile, string Logger)
{
    internal static LogSettings Read(SettingsReader reader) => new(
        reader.Choice(
            "level",
            ("trace", LogLevel.Trace),
            ("debug", LogLevel.Debug),
            ("information", LogLevel.Information),
            ("info", LogLevel.Information),
            ("warning", LogLevel.Warning),
            ("warn", LogLevel.Warning),
            ("error", LogLevel.Error),
            ("critical", LogLevel.Critical),
            ("none", LogLevel.None)),
        reader.Choice("profile", ("development", LogProfile.Development), ("production", LogProfile.Production)),
        reader.Text("logger", "must be 1 to 100 characters", t => t.Length is >= 1 and <= 100));
}
