using System.Globalization;
using System.Text.Json;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads <c>pull_timeout</c>: a text with a unit, as in the configuration, or a number of seconds.</summary>
internal static class PullTimeoutReader
{
    private const string Rule = "must be from 10 s to 24 h: a text with a unit, for example \"30m\" or \"90s\", or a number of seconds";
    private const int MaxLength = 32;

    private static readonly TimeSpan Min = TimeSpan.FromSeconds(10), Max = TimeSpan.FromHours(24);

    public static TimeSpan Read(SpecValue value)
    {
        var read = value.Kind switch
        {
            JsonValueKind.Number => Seconds(value.Number),
            JsonValueKind.String => Duration(value.Text(_ => null)),
            _ => null,
        };
        if (read is { } timeout && timeout >= Min && timeout <= Max)
            return timeout;
        value.Refuse(Rule);
        return Min;
    }

    private static TimeSpan? Seconds(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) <= (decimal)Max.TotalSeconds
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;

    // A text without a unit would be milliseconds, and a number is seconds: nobody may have to remember that.
    private static TimeSpan? Duration(string text) =>
        text.Length is >= 1 and <= MaxLength && char.IsAsciiLetter(text[^1]) ? Units.Duration(text) : null;
}
