using System.Net.Http.Headers;

namespace CacheMachine.Kubernetes.Config;

/// <summary>
/// Credentials from files that are rotated while the process runs: a token file, a client certificate, or both. A new
/// <see cref="Credential"/> is made only when the content of a file has changed.
/// </summary>
/// <param name="tokenFile">Null when the header does not come from a file.</param>
/// <param name="fixedHeader">Used when there is no token file.</param>
/// <param name="certificate">Null for none.</param>
internal sealed class FileCredentials(CachedFile? tokenFile, AuthenticationHeaderValue? fixedHeader, CertificateFiles? certificate)
    : CredentialSource
{
    private readonly Lock _gate = new();
    private string? _token;
    private Credential? _current;

    /// <inheritdoc/>
    public override ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => new(Read(fresh: false));

    /// <inheritdoc/>
    public override bool Rejected(Credential credential) => !ReferenceEquals(Read(fresh: true), credential);

    private Credential Read(bool fresh)
    {
        lock (_gate)
        {
            var token = tokenFile?.Read(fresh).Trim();
            var presented = certificate?.Read(fresh);
            if (_current is null || token != _token || !ReferenceEquals(presented, _current.Certificate))
            {
                _token = token;
                _current = new Credential(token is null ? fixedHeader : StaticCredentials.Bearer(token), presented);
            }

            return _current;
        }
    }
}
