using System.Globalization;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Reads how long a registry wants to be left alone.</summary>
internal static class RetryAfter
{
    private static readonly string[] HeaderNames = ["Retry-After", "X-Retry-After", "RateLimit-Reset", "X-RateLimit-Reset"];

    // Above this a number of seconds is a Unix time, as some registries send it.
    private const long SmallestUnixTime = 1_000_000_000;

    /// <summary>The wait that the answer asks for, at most <paramref name="max"/>; null when it asks for none.</summary>
    public static TimeSpan? Of(RegistryResponse response, DateTimeOffset now, TimeSpan max)
    {
        foreach (var header in HeaderNames)
        {
            if (response.Raw(header).FirstOrDefault() is { } value && Seconds(value.Trim(), now) is { } seconds)
                return seconds >= max.TotalSeconds ? max : TimeSpan.FromSeconds(Math.Max(seconds, 0));
        }

        return null;
    }

    private static double? Seconds(string value, DateTimeOffset now)
    {
        if (value.Length > 0 && value.All(char.IsAsciiDigit))
        {
            var seconds = double.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
            return seconds >= SmallestUnixTime ? seconds - now.ToUnixTimeSeconds() : seconds;
        }

        return DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? (date - now).TotalSeconds
            : null;
    }
}
