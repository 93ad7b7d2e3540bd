using System.Text.Json;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// Asks a token server for a token, by https://distribution.github.io/distribution/spec/auth/token/ (and
/// .../auth/oauth/ for an identity token).
/// </summary>
internal sealed class TokenClient(RegistryTransport transport, RealmPolicy realms, TimeProvider time)
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxTokenLength = 32 * 1024;
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxMargin = TimeSpan.FromSeconds(30);

    public async Task<BearerToken> FetchAsync(
        RegistryEndpoint registry, Challenge challenge, Credential? credential, string defaultScope, CancellationToken cancellationToken)
    {
        var operation = $"Getting a token for {registry.Name}";
        var realm = Realm(operation, registry, challenge, credential);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (challenge.Parameter("service") is { } service) parameters["service"] = service;
        parameters["scope"] = challenge.Parameter("scope") is { Length: > 0 } scope ? scope : defaultScope;

        // Counted from before the request: the token is no younger than that.
        var asked = time.GetUtcNow();
        var request = credential?.IdentityToken is { } identityToken
            ? new RegistryRequest(HttpMethod.Post, realm)
            {
                Operation = operation,
                MaxBytes = MaxBytes,
                Form = new Dictionary<string, string>(parameters)
                {
                    ["grant_type"] = "refresh_token",
                    ["client_id"] = "cachemachine",
                    ["refresh_token"] = identityToken,
                },
            }
            : new RegistryRequest(HttpMethod.Get, WithQuery(realm, parameters))
            {
                Operation = operation,
                MaxBytes = MaxBytes,
                Authorization = credential?.ToBasic(),
            };
        var response = await transport.SendAsync(request, cancellationToken);
        if (!response.IsSuccess) throw ErrorAnswer.ToException(operation, response, time);
        return ReadToken(operation, response, asked);
    }

    private Uri Realm(string operation, RegistryEndpoint registry, Challenge challenge, Credential? credential)
    {
        var text = challenge.Parameter("realm");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || realm.Scheme is not ("https" or "http") || realm.UserInfo.Length > 0)
            throw new RegistryException(RegistryErrorKind.Protocol, $"{operation}: the bearer challenge has no valid realm URL");
        if (credential is not null && !realms.MayReceiveCredentials(registry, realm))
        {
            throw new RegistryException(
                RegistryErrorKind.Refused,
                $"{operation}: {registry.Name} wants its credentials sent to {realm.Authority}, which is not known to belong to it; list that host as a trusted realm if it does")
            {
                UrlPath = realm.AbsolutePath,
            };
        }

        return realm;
    }

    private static Uri WithQuery(Uri realm, Dictionary<string, string> parameters)
    {
        var query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return new UriBuilder(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query}&{query}" : query, Fragment = "" }.Uri;
    }

    private static BearerToken ReadToken(string operation, RegistryResponse response, DateTimeOffset asked)
    {
        string? token = null;
        var lifetime = DefaultLifetime;
        try
        {
            using var json = JsonDocument.Parse(response.Body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                token = Text(json.RootElement, "token") ?? Text(json.RootElement, "access_token");
                if (json.RootElement.TryGetProperty("expires_in", out var expires)
                    && expires.ValueKind == JsonValueKind.Number && expires.TryGetDouble(out var seconds) && seconds > 0)
                    lifetime = TimeSpan.FromSeconds(Math.Min(seconds, MaxLifetime.TotalSeconds));
            }
        }
        catch (JsonException)
        {
            // Falls through: no token. The parser's message could quote one.
        }

        if (token is null || token.Length > MaxTokenLength || token.Any(c => c is <= ' ' or > '~'))
        {
            throw new RegistryException(
                RegistryErrorKind.Protocol,
                $"{operation} ({response.Method} {response.Uri.GetLeftPart(UriPartial.Path)}): the answer has no usable 'token' or 'access_token'")
            {
                Status = response.Status,
                UrlPath = response.Uri.AbsolutePath,
            };
        }

        var margin = TimeSpan.FromTicks(Math.Min(lifetime.Ticks / 10, MaxMargin.Ticks));
        return new BearerToken(token, asked + lifetime - margin);
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
