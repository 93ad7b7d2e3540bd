using System.Net.Http.Headers;
using System.Text;

namespace CacheMachine.Kubernetes.Config;

/// <summary>A credential that is written in the configuration itself and does not change.</summary>
internal sealed class StaticCredentials(Credential credential) : CredentialSource
{
    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    public static AuthenticationHeaderValue Basic(string username, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));

    /// <inheritdoc/>
    public override ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => new(credential);
}
