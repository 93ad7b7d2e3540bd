using System.Net.Http.Headers;
using System.Text;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>What a registry accepts: a name and password, or an identity token (an OAuth 2.0 refresh token) in their place.</summary>
internal sealed record Credential(string Username, string Password, string? IdentityToken)
{
    public AuthenticationHeaderValue ToBasic() =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}")));

    /// <summary>What must appear nowhere, the header's value among it.</summary>
    public IEnumerable<string> Secrets =>
        (Password.Length == 0 ? [] : new[] { ToBasic().Parameter!, Password }).Concat(IdentityToken is null ? [] : [IdentityToken]);

    /// <summary>Never the secrets.</summary>
    public override string ToString() => nameof(Credential);
}
