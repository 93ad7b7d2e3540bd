using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Kubernetes.Config;

/// <summary>A certificate with its private key (RSA or EC) and the intermediates that are sent with it.</summary>
public sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Chain = chain;
    }

    /// <summary>The certificate itself; it has the private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>Intermediates, possibly empty.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>Reads PEM: the leaf first, then intermediates; the key as PKCS#8, PKCS#1 or SEC 1, unencrypted.</summary>
    /// <param name="certificatePem">One or more CERTIFICATE blocks.</param>
    /// <param name="keyPem">A private key block; other blocks (EC PARAMETERS) are skipped.</param>
    /// <param name="what">Names the entry in errors.</param>
    /// <exception cref="KubernetesConfigException">Not PEM, an encrypted key, or a key of another certificate.</exception>
    public static ClientCertificate FromPem(string certificatePem, string keyPem, string what)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new KubernetesConfigException($"{what}: client-key is encrypted, which is not supported");
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            if (OperatingSystem.IsWindows())
            {
                // SChannel cannot use a key that is only in memory; going through PKCS#12 gives it one that it can.
                using var ephemeral = leaf;
                leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            }

            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificatePem);
            chain.RemoveAt(0);
            return new ClientCertificate(leaf, chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubernetesConfigException(
                $"{what}: client-certificate and client-key are not a PEM certificate and its PEM key: {e.Message}", e);
        }
    }

    /// <summary>Subject and last day, never the key.</summary>
    public override string ToString() => $"{Leaf.Subject} (until {Leaf.NotAfter.ToUniversalTime():u})";
}
