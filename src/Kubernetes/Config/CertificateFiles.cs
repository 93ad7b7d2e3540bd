namespace CacheMachine.Kubernetes.Config;

/// <summary>
/// Client certificate and key, each from a file (followed when it is replaced) or fixed. Parsed again only when a text changes.
/// </summary>
internal sealed class CertificateFiles(PemSource certificate, PemSource key, string what)
{
    private readonly Lock _gate = new();
    private string? _certificatePem;
    private string? _keyPem;
    private ClientCertificate? _current;

    public ClientCertificate Read(bool fresh)
    {
        lock (_gate)
        {
            var certificatePem = certificate.Read(fresh);
            var keyPem = key.Read(fresh);
            if (_current is null || certificatePem != _certificatePem || keyPem != _keyPem)
            {
                _current = ClientCertificate.FromPem(certificatePem, keyPem, what);
                _certificatePem = certificatePem;
                _keyPem = keyPem;
            }

            return _current;
        }
    }
}

/// <summary>PEM text from a file or from the configuration itself; the latter wins, as in client-go.</summary>
internal sealed class PemSource(string? data, CachedFile? file)
{
    public string Read(bool fresh) => data ?? file!.Read(fresh);
}
