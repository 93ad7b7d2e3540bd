using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Kubernetes.Config;

namespace CacheMachine.Host.Peers;

/// <summary>Mutual TLS between replicas: both sides show a certificate, and trust only those of the configured authority. The files are followed.</summary>
public sealed class PeerTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly FollowedFiles<Material> _files;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="PeerConfigException">A file cannot be read, or is not what it should be.</exception>
    public PeerTls(ClusterTlsSettings settings, TimeProvider time, ILogger<PeerTls> logger) => _files = new FollowedFiles<Material>(
        [settings.CertificateFile, settings.KeyFile, settings.CaFile], contents => Parse(settings, contents), time, logger);

    /// <summary>For a connection that another replica makes.</summary>
    internal SslServerAuthenticationOptions ForServer()
    {
        var material = _files.Current;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Own,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, found, chain, _) => material.Trusts(found, chain, ClientAuthentication),
        };
    }

    /// <summary>For a connection to another replica.</summary>
    /// <param name="host">Its name or IP address, which must be in its certificate.</param>
    internal SslClientAuthenticationOptions ForClient(string host)
    {
        var material = _files.Current;
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = material.Own,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, found, chain, errors) =>
                !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && material.Trusts(found, chain, ServerAuthentication),
        };
    }

    private static Material Parse(ClusterTlsSettings settings, IReadOnlyList<byte[]> contents)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            var own = ClientCertificate.FromPem(
                Encoding.UTF8.GetString(contents[0]), Encoding.UTF8.GetString(contents[1]), $"{settings.CertificateFile} and {settings.KeyFile}");
            authorities.ImportFromPem(Encoding.UTF8.GetString(contents[2]));
            if (authorities.Count == 0)
                throw new PeerConfigException($"the file {settings.CaFile} has no PEM certificate");
            return new Material(SslStreamCertificateContext.Create(own.Leaf, own.Chain, offline: true), authorities);
        }
        catch (KubernetesConfigException e)
        {
            throw new PeerConfigException(e.Message, e);
        }
        catch (CryptographicException e)
        {
            throw new PeerConfigException($"the file {settings.CaFile} is no PEM certificate: {e.Message}", e);
        }
    }

    private sealed record Material(SslStreamCertificateContext Own, X509Certificate2Collection Authorities)
    {
        public bool Trusts(X509Certificate? found, X509Chain? presented, string usage)
        {
            if (found is not X509Certificate2 leaf)
                return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
            chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
            foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            return chain.Build(leaf);
        }
    }
}
