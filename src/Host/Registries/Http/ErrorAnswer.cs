using System.Text.Json;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Registries.Http;

/// <summary>What an answer that is an error says.</summary>
/// <param name="Kind">What a caller acts on.</param>
/// <param name="Code">The first <c>errors[].code</c>, or null.</param>
/// <param name="Message">The first <c>errors[].message</c>, or what a token server says in its place, or null. As it was sent.</param>
/// <param name="IsOfRegistry">Whether no other kind of server answers like this.</param>
internal sealed partial record ErrorAnswer(RegistryErrorKind Kind, string? Code, string? Message, bool IsOfRegistry)
{
    public static ErrorAnswer Read(RegistryResponse response)
    {
        var (code, message) = ReadErrors(response.Body);
        var isOfRegistry = response.IsOfRegistry || (code is not null && Codes().IsMatch(code)) || HasTokenServer(response);
        return new(KindOf(response.Status, code), code, message, isOfRegistry);
    }

    private static RegistryErrorKind KindOf(int status, string? code) => (status, code) switch
    {
        (429, _) or (_, "TOOMANYREQUESTS") => RegistryErrorKind.RateLimited,
        (401 or 403, _) => RegistryErrorKind.Unauthorized,
        (404, _) => RegistryErrorKind.NotFound,
        (408 or >= 500, _) => RegistryErrorKind.Unavailable,
        _ => RegistryErrorKind.Protocol,
    };

    private static bool HasTokenServer(RegistryResponse response) =>
        Challenge.Parse(response.Raw("WWW-Authenticate"))
            .Any(challenge => challenge.IsBearer && challenge.Parameter("realm") is not null && challenge.Parameter("service") is not null);

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
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a text of half a character.
            return default;
        }
    }

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value)
        && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    [GeneratedRegex(@"\A[A-Z][A-Z_]{2,63}\z")]
    private static partial Regex Codes();
}
