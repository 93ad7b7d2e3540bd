using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Host.Tests.Kubernetes.Support;

/// <summary>A certificate authority of its own, valid around the present hour.</summary>
internal sealed class TestCa
{
    private readonly X509Certificate2 _ca;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCa(string name = "test-ca")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _ca = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string Pem => _ca.ExportCertificatePem();

    /// <summary>For 127.0.0.1, localhost and the given names.</summary>
    public X509Certificate2 Server(params string[] names)
    {
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            san.AddDnsName(name);
        if (names.Length == 0)
        {
            san.AddIpAddress(IPAddress.Loopback);
            san.AddDnsName("localhost");
        }

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(san.Build());
        using var made = Sign(request).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public (string Certificate, string Key) RsaClient(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return (Sign(request).ExportCertificatePem(), key.ExportRSAPrivateKeyPem());
    }

    public (string Certificate, string Key) EcClient(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        // openssl writes the parameters in front of the key.
        return (Sign(request).ExportCertificatePem(),
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key.ExportECPrivateKeyPem());
    }

    private X509Certificate2 Sign(CertificateRequest request) =>
        request.Create(
            _ca.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Now.AddHours(-1), Now.AddMinutes(50), RandomNumberGenerator.GetBytes(8));
}
