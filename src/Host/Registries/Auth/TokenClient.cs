using System.Text.Json;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// Asks a token server for a token, by https://distribution.github.io/distribution/spec/auth/token/ (and
/// .../auth/oauth/ for an identity token).
/// </summary>
internal sealed class TokenClient(
    RegistryTransport transport, RealmPolicy realms, KnownSecrets secrets, RegistryFaults faults, TimeProvider time)
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxTokenLength = 32 * 1024;
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxMargin = TimeSpan.FromSeconds(30);

    /// <summary>A token to pull from one repository; whatever else the challenge would have the token server asked for is not.</summary>
    public async Task<BearerToken> FetchAsync(
        RegistryEndpoint registry, string repository, Challenge challenge, Credential? credential, CancellationToken cancellationToken)
    {
        var request = Request(registry, repository, challenge, credential);

        // Counted from before the request: the token is no younger than that.
        var asked = time.GetUtcNow();
        var response = await transport.SendAsync(request, cancellationToken);
        if (!response.IsSuccess) throw faults.ErrorOf(response);
        var token = ReadToken(response, asked);
        secrets.Add(token.Value, token.UsableUntil + MaxMargin);
        return token;
    }

    private RegistryRequest Request(RegistryEndpoint registry, string repository, Challenge challenge, Credential? credential)
    {
        var isKnown = registry.IsKnownWith(credential);
        var atRegistry = new RegistryRequest(HttpMethod.Get, registry.BaseUri)
        {
            Operation = $"Getting a token for {registry.Name}",
            MaxBytes = MaxBytes,
            IsToKnownHost = isKnown,
        };
        if (!Uri.TryCreate(challenge.Parameter("realm"), UriKind.Absolute, out var realm)
            || realm.Scheme is not ("https" or "http") || realm.UserInfo.Length > 0)
        {
            throw faults.NoAnswer(atRegistry, registry.BaseUri, RegistryErrorKind.Protocol, "the bearer challenge has no valid realm URL");
        }

        var belongs = realms.MayReceiveCredentials(registry, realm);
        if (credential is not null && !belongs)
        {
            throw faults.NoAnswer(
                atRegistry,
                registry.BaseUri,
                RegistryErrorKind.Refused,
                $"{registry.Name} wants its credentials sent to {realm.Authority}, which is not known to belong to it; "
                + $"if it does, add \"{registry.Name}={realm.Authority}\" to {TrustedRealms.Setting}");
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (challenge.Parameter("service") is { } service) parameters["service"] = service;
        parameters["scope"] = $"repository:{repository}:pull";
        var request = atRegistry with { Uri = realm, IsToKnownHost = isKnown && belongs };
        if (credential?.IdentityToken is not { } identityToken)
            return request with { Uri = WithQuery(realm, parameters), Authorization = credential?.ToBasic() };

        parameters["grant_type"] = "refresh_token";
        parameters["client_id"] = "cachemachine";
        parameters["refresh_token"] = identityToken;
        return request with { Method = HttpMethod.Post, Form = parameters };
    }

    private static Uri WithQuery(Uri realm, Dictionary<string, string> parameters)
    {
        var query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return new UriBuilder(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query}&{query}" : query, Fragment = "" }.Uri;
    }

    private BearerToken ReadToken(RegistryResponse response, DateTimeOffset asked)
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
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Falls through: no token (the latter: a text of half a character). The parser's message could quote one.
        }

        if (token is null || token.Length > MaxTokenLength || token.Any(c => c is <= ' ' or > '~'))
            throw faults.Unusable(response, "the answer has no usable 'token' or 'access_token'");

        var margin = TimeSpan.FromTicks(Math.Min(lifetime.Ticks / 10, MaxMargin.Ticks));
        return new BearerToken(token, asked + lifetime - margin);
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
