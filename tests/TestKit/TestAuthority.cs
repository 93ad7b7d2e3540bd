using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.TestKit;

/// <summary>A certificate authority, and files as a replica has them.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("authority");

    /// <summary>A new one.</summary>
    public TestAuthority()
    {
        var request = new CertificateRequest($"CN=replicas {Guid.NewGuid():N}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The files of a replica.</summary>
    /// <param name="ip">The address that its certificate is for.</param>
    /// <param name="validFor">From now on; null for 50 minutes.</param>
    public (string CertificateFile, string KeyFile, string CaFile) Issue(string ip = "127.0.0.1", TimeSpan? validFor = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=replica", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(ip));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var issued = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Now.AddMinutes(-50), Now + (validFor ?? TimeSpan.FromMinutes(50)),
            RandomNumberGenerator.GetBytes(8));
        return (File($"{Guid.NewGuid():N}.crt", issued.ExportCertificatePem()), File($"{Guid.NewGuid():N}.key", key.ExportPkcs8PrivateKeyPem()),
            File($"{Guid.NewGuid():N}.ca", _certificate.ExportCertificatePem()));
    }

    /// <inheritdoc/>
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
