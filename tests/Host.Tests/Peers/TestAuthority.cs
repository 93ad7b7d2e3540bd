using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CacheMachine.Host.Configuration.Settings;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>A certificate authority, and files as a replica has them.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("authority");

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=replicas", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The files of a replica at an address.</summary>
    /// <param name="ip">Its address.</param>
    /// <param name="trust">Whom it trusts; this authority if null.</param>
    /// <param name="usages">What its certificate is for: of a server and of a client, if none are given.</param>
    public ClusterTlsSettings Issue(string ip = "127.0.0.1", TestAuthority? trust = null, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=replica", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(ip));
        request.CertificateExtensions.Add(names.Build());
        string[] all = usages.Length > 0 ? usages : ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. all.Select(usage => new Oid(usage))], false));
        using var issued = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Now.AddHours(-1), Now.AddMinutes(50), RandomNumberGenerator.GetBytes(8));
        return new ClusterTlsSettings(
            File($"{Guid.NewGuid():N}.crt", issued.ExportCertificatePem()), File($"{Guid.NewGuid():N}.key", key.ExportPkcs8PrivateKeyPem()),
            File($"{Guid.NewGuid():N}.ca", (trust ?? this)._certificate.ExportCertificatePem()));
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
        _directory.Delete(recursive: true);
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
