using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Registries;

/// <summary>How the registry wants to be asked.</summary>
public enum RegistryAuthScheme
{
    /// <summary>Anybody may read.</summary>
    None,

    /// <summary>HTTP basic authentication on every request.</summary>
    Basic,

    /// <summary>Docker's token flow: a 401 with realm, service and scope; the realm gives a bearer token for the credentials.</summary>
    Bearer,
}

/// <summary>The registry's challenges and tokens.</summary>
internal sealed class RegistryAuth(TimeProvider time)
{
    private const string Service = "simulated registry, v2";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Scope, DateTimeOffset Until)> _tokens = [];

    public RegistryAuthScheme Scheme { get; set; }

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>How long a bearer token is good for.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromMinutes(5);

    public bool Accepts((string User, string Password)? credentials) =>
        Scheme == RegistryAuthScheme.None || credentials == (User, Password);

    /// <summary>Null when the request may pass, else the WWW-Authenticate header to refuse it with.</summary>
    public string? Challenge(HttpRequest request, string? repository)
    {
        var header = request.Headers.Authorization.ToString();
        switch (Scheme)
        {
            case RegistryAuthScheme.Basic when !IsUser(header):
                return "Basic realm=\"Simulated registry, basic\"";
            case RegistryAuthScheme.Bearer when !HasToken(header, repository):
                var scope = repository is null ? "" : $",scope=\"{ScopeOf(repository)}\"";
                return $"Bearer realm=\"http://{request.Host}/token\",service=\"{Service}\"{scope}";
            default:
                return null;
        }
    }

    /// <summary>Answers the token endpoint; null for wrong credentials or a wrong service.</summary>
    public JsonObject? Token(HttpRequest request)
    {
        if (!IsUser(request.Headers.Authorization.ToString()) || request.Query["service"].ToString() != Service)
            return null;
        var token = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24));
        var now = time.GetUtcNow();
        lock (_gate)
            _tokens[token] = (string.Join(' ', request.Query["scope"].ToArray()), now + TokenLife);
        return new JsonObject
        {
            ["token"] = token,
            ["access_token"] = token,
            ["expires_in"] = (long)TokenLife.TotalSeconds,
            ["issued_at"] = Json.Time(now),
        };
    }

    private bool IsUser(string header) =>
        header == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    private bool HasToken(string header, string? repository)
    {
        const string prefix = "Bearer ";
        if (!header.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        lock (_gate)
        {
            return _tokens.TryGetValue(header[prefix.Length..], out var token)
                && token.Until > time.GetUtcNow()
                && (repository is null || token.Scope.Split(' ').Contains(ScopeOf(repository)));
        }
    }

    private static string ScopeOf(string repository) => $"repository:{repository}:pull";
}
