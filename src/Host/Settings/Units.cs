using Akka.Configuration.Hocon;

namespace CacheMachine.Host.Settings;

/// <summary>Durations and sizes as HOCON writes them: a number, white space at will, and a unit.</summary>
internal static class Units
{
    /// <summary>Reads a duration: <c>5s</c>, <c>1 minute</c>, <c>1.5h</c>; a bare number is milliseconds.</summary>
    /// <returns>Null when the text is no duration, is negative, or does not fit into a <see cref="TimeSpan"/>.</returns>
    public static TimeSpan? Duration(string text) => Read<TimeSpan>(text, value => value.GetTimeSpan(allowInfinite: false));

    /// <summary>Reads a size in bytes: <c>10 MiB</c>, <c>1k</c> (1024), <c>1 kB</c> (1000); a bare number is bytes.</summary>
    /// <returns>Null when the text is no size or has a fraction.</returns>
    public static long? Size(string text) => Read(text, value => value.GetByteSize());

    private static T? Read<T>(string text, Func<HoconValue, T?> read)
        where T : struct
    {
        // Akka.NET would read 1,5 as fifteen.
        if (string.IsNullOrWhiteSpace(text) || text.Contains(',', StringComparison.Ordinal))
            return null;
        var value = new HoconValue();
        value.AppendValue(new HoconLiteral { Value = text });
        try
        {
            return read(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
