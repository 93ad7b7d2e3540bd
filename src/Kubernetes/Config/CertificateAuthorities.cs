using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Kubernetes.Config;

/// <summary>The certificates that a server's certificate must descend from; followed when their file is replaced.</summary>
public sealed class CertificateAuthorities
{
    private readonly PemSource _source;
    private readonly string _what;
    private readonly Lock _gate = new();
    private string? _pem;
    private X509Certificate2Collection? _current;

    internal CertificateAuthorities(PemSource source, string what)
    {
        _source = source;
        _what = what;
    }

    /// <summary>Fixed PEM text with one or more certificates.</summary>
    public static CertificateAuthorities FromPem(string pem, string what = "certificate-authority-data") =>
        new(new PemSource(pem, null), what);

    /// <summary>The present ones, at least one.</summary>
    /// <exception cref="KubernetesConfigException">The file cannot be read, or has no certificate.</exception>
    public X509Certificate2Collection Read()
    {
        lock (_gate)
        {
            var pem = _source.Read(fresh: false);
            if (_current is null || pem != _pem)
            {
                _current = Parse(pem);
                _pem = pem;
            }

            return _current;
        }
    }

    /// <summary>The certificates as PEM, for plugins that want to know the cluster.</summary>
    internal string ReadPem() => _source.Read(fresh: false);

    private X509Certificate2Collection Parse(string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubernetesConfigException($"{_what}: not a PEM certificate: {e.Message}", e);
        }

        return found.Count > 0 ? found : throw new KubernetesConfigException($"{_what}: no PEM certificate in it");
    }
}
