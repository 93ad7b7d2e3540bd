using System.Globalization;
using System.Text.Json;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Reads an answer that is an error: its kind, what the registry says, and how long it wants to be left alone.</summary>
internal static class ErrorAnswer
{
    private const int MaxText = 300;
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    // Above this a number of seconds is a Unix time, as some registries send it.
    private const long SmallestUnixTime = 1_000_000_000;

    public static RegistryException ToException(string operation, RegistryResponse response, TimeProvider time)
    {
        var (code, message) = ReadErrors(response.Body);
        var kind = Kind(response.Status, code);
        var says = code is null && message is null ? "" : $": {string.Join(": ", new[] { code, message }.Where(part => part is not null))}";
        var hint = kind == RegistryErrorKind.Unauthorized ? Hint(response) : "";
        return new RegistryException(
            kind, $"{operation} ({response.Method} {response.Uri.GetLeftPart(UriPartial.Path)}): HTTP {response.Status}{says}{hint}")
        {
            Status = response.Status,
            UrlPath = response.Uri.AbsolutePath,
            Code = code,
            RegistryMessage = message,
            RetryAfter = kind is RegistryErrorKind.RateLimited or RegistryErrorKind.Unavailable ? RetryAfter(response, time) : null,
        };
    }

    private static RegistryErrorKind Kind(int status, string? code) => (status, code) switch
    {
        (429, _) or (_, "TOOMANYREQUESTS") => RegistryErrorKind.RateLimited,
        (401 or 403, _) => RegistryErrorKind.Unauthorized,
        (404, _) => RegistryErrorKind.NotFound,
        (408 or >= 500, _) => RegistryErrorKind.Unavailable,
        _ => RegistryErrorKind.Protocol,
    };

    private static string Hint(RegistryResponse response) =>
        response.Status == 401 && !response.Raw("WWW-Authenticate").Any() ? " (no WWW-Authenticate challenge)" : "";

    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes; any other body says nothing.
    private static (string? Code, string? Message) ReadErrors(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return default;
            if (json.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0)
                return (Text(errors[0], "code"), Text(errors[0], "message"));

            // What token servers say.
            return (null, Text(json.RootElement, "details") ?? Text(json.RootElement, "message"));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement element, string property)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(property, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text) return null;
        var line = new string([.. text.Take(MaxText).Select(c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > MaxText ? line + "..." : line;
    }

    private static TimeSpan? RetryAfter(RegistryResponse response, TimeProvider time)
    {
        foreach (var header in new[] { "Retry-After", "X-Retry-After", "RateLimit-Reset", "X-RateLimit-Reset" })
        {
            if (response.Raw(header).FirstOrDefault() is { } value && Wait(value.Trim(), time.GetUtcNow()) is { } wait)
                return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, MaxRetryAfter.Ticks));
        }

        return null;
    }

    private static TimeSpan? Wait(string value, DateTimeOffset now)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            var wait = seconds >= SmallestUnixTime ? seconds - now.ToUnixTimeSeconds() : seconds;
            return TimeSpan.FromSeconds(Math.Min(wait, (long)MaxRetryAfter.TotalSeconds));
        }

        return DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date - now
            : null;
    }
}
