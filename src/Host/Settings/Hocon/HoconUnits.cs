using System.Collections.Frozen;
using System.Globalization;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Durations and sizes in HOCON's units format: a number, optional white space, an optional unit.</summary>
public static class HoconUnits
{
    private static readonly FrozenDictionary<string, decimal> Ticks = new Dictionary<string, decimal>
    {
        [""] = TimeSpan.TicksPerMillisecond,
        ["ns"] = 0.01m,
        ["nano"] = 0.01m,
        ["nanos"] = 0.01m,
        ["nanosecond"] = 0.01m,
        ["nanoseconds"] = 0.01m,
        ["us"] = TimeSpan.TicksPerMicrosecond,
        ["micro"] = TimeSpan.TicksPerMicrosecond,
        ["micros"] = TimeSpan.TicksPerMicrosecond,
        ["microsecond"] = TimeSpan.TicksPerMicrosecond,
        ["microseconds"] = TimeSpan.TicksPerMicrosecond,
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["milli"] = TimeSpan.TicksPerMillisecond,
        ["millis"] = TimeSpan.TicksPerMillisecond,
        ["millisecond"] = TimeSpan.TicksPerMillisecond,
        ["milliseconds"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["second"] = TimeSpan.TicksPerSecond,
        ["seconds"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute,
        ["minute"] = TimeSpan.TicksPerMinute,
        ["minutes"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
        ["hour"] = TimeSpan.TicksPerHour,
        ["hours"] = TimeSpan.TicksPerHour,
        ["d"] = TimeSpan.TicksPerDay,
        ["day"] = TimeSpan.TicksPerDay,
        ["days"] = TimeSpan.TicksPerDay,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, decimal> Bytes = ByteUnits().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a duration: <c>5s</c>, <c>1 minute</c>, <c>1.5h</c>; a bare number is milliseconds. Fractions of 100 ns are dropped.</summary>
    /// <returns>False when the text is no duration or does not fit into a <see cref="TimeSpan"/>.</returns>
    public static bool TryParseDuration(string text, out TimeSpan value)
    {
        value = default;
        if (!TryParse(text, Ticks, out var ticks) || ticks is > long.MaxValue or < long.MinValue)
            return false;
        value = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>Reads a size in bytes: <c>10 MiB</c>, <c>1k</c> (1024), <c>1 kB</c> (1000); a bare number is bytes.</summary>
    /// <returns>False when the text is no size, is negative, or does not fit into 63 bits.</returns>
    public static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (!TryParse(text, Bytes, out var value) || value is > long.MaxValue or < 0)
            return false;
        bytes = (long)value;
        return true;
    }

    private static bool TryParse(string text, FrozenDictionary<string, decimal> units, out decimal value)
    {
        value = 0;
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.Length;
        while (end > 0 && char.IsLetter(trimmed[end - 1]))
            end--;
        const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!units.TryGetValue(trimmed[end..].ToString(), out var unit)
            || !decimal.TryParse(trimmed[..end].TrimEnd(), Number, CultureInfo.InvariantCulture, out var number)
            || (unit > 1 && Math.Abs(number) > decimal.MaxValue / unit))
        {
            return false;
        }
        value = number * unit;
        return true;
    }

    private static Dictionary<string, decimal> ByteUnits()
    {
        var units = new Dictionary<string, decimal> { [""] = 1, ["B"] = 1, ["b"] = 1, ["byte"] = 1, ["bytes"] = 1 };
        string[] decimals = ["kilo", "mega", "giga", "tera", "peta", "exa"];
        string[] binaries = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi"];
        var (ten, two) = (1m, 1m);
        for (var i = 0; i < decimals.Length; i++)
        {
            (ten, two) = (ten * 1000, two * 1024);
            var letter = "KMGTPE"[i];
            var lower = char.ToLowerInvariant(letter);
            foreach (var name in (string[])[$"{(i == 0 ? lower : letter)}B", $"{decimals[i]}byte", $"{decimals[i]}bytes"])
                units.Add(name, ten);
            foreach (var name in (string[])[$"{letter}", $"{lower}", $"{letter}i", $"{letter}iB", $"{binaries[i]}byte", $"{binaries[i]}bytes"])
                units.Add(name, two);
        }
        return units;
    }
}
