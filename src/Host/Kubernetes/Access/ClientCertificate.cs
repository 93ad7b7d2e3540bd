using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>A client certificate and its key as PEM, each from the configuration itself or from a file that is followed when it is replaced.</summary>
/// <param name="certificate">The leaf first; the key's certificate.</param>
/// <param name="key">PKCS#8, PKCS#1 or SEC 1, not encrypted.</param>
/// <param name="what">Names the entry in errors.</param>
internal sealed class ClientCertificate(Func<string> certificate, Func<string> key, string what)
{
    private readonly Lock _gate = new();
    private (string Certificate, string Key) _pem;
    private X509Certificate2? _current;

    /// <summary>The present one, with its private key.</summary>
    /// <exception cref="KubernetesConfigException">A file cannot be read, or the two are not a PEM certificate and its key.</exception>
    public X509Certificate2 Read()
    {
        lock (_gate)
        {
            var pem = (certificate(), key());
            if (_current is null || pem != _pem)
                (_current, _pem) = (FromPem(pem.Item1, pem.Item2, what), pem);
            return _current;
        }
    }

    /// <summary>Reads PEM.</summary>
    /// <exception cref="KubernetesConfigException">Not PEM, an encrypted key, or a key of another certificate.</exception>
    public static X509Certificate2 FromPem(string certificatePem, string keyPem, string what)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubernetesConfigException(
                $"{what}: client-certificate and client-key are not a PEM certificate and its unencrypted PEM key: {e.Message}", e);
        }
    }
}
