using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Hosting;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Clustering;

/// <summary>
/// Mutual TLS between replicas: each shows its certificate, as a client and as a server, and trusts what comes from the authority, whatever host it is for: a pod's
/// address is not known when its certificate is made. The files are read at the start.
/// </summary>
internal static class ReplicaTls
{
    /// <summary>What Akka.NET is told.</summary>
    /// <exception cref="ReplicaConfigException">A file cannot be read or used.</exception>
    public static SslOptions Options(ClusterTlsSettings files, TimeProvider time)
    {
        var certificate = Certificate(files);
        if (certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime)
            throw new ReplicaConfigException($"tls.certificate-file = {files.CertificateFile}: the certificate is valid until {certificate.NotAfter.ToUniversalTime():u} only");
        return new SslOptions
        {
            X509Certificate = certificate,
            RequireMutualAuthentication = true,
            ValidateCertificateHostname = false,
            CustomValidator = Validator(Load("tls.ca-file", files.CaFile), Load("tls.certificate-file", files.CertificateFile)),
        };
    }

    /// <summary>Trusts these authorities only.</summary>
    /// <param name="authorities">Of all replicas.</param>
    /// <param name="intermediates">That may lie between: Akka.NET shows no more than the certificate itself.</param>
    internal static Akka.Remote.Transport.DotNetty.CertificateValidationCallback Validator(X509Certificate2Collection authorities, X509Certificate2Collection intermediates) =>
        (shown, _, replica, _, log) =>
        {
            if (shown is null)
                return Refuse(log, replica, "it shows no certificate");
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(shown)
                || Refuse(log, replica, string.Join(" ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct()));
        };

    private static bool Refuse(ILoggingAdapter log, string replica, string why)
    {
        log.Warning("The certificate of replica {Replica} is refused: {Error}", replica, why);
        return false;
    }

    private static X509Certificate2 Certificate(ClusterTlsSettings files)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
            // A key that came from PEM is of this object alone, which not every TLS stack can use.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ReplicaConfigException($"tls.certificate-file = {files.CertificateFile} with tls.key-file = {files.KeyFile}: {e.Message}");
        }
    }

    private static X509Certificate2Collection Load(string setting, string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ReplicaConfigException($"{setting} = {file}: {e.Message}");
        }
        return certificates.Count > 0 ? certificates : throw new ReplicaConfigException($"{setting} = {file}: there is no certificate in it");
    }
}
