using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using CacheMachine.Host.Clustering;
using CacheMachine.Host.Settings;
using CacheMachine.TestKit;

namespace CacheMachine.Host.Tests.Clustering;

public sealed class ReplicaTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new();

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void A_certificate_of_the_authority_is_trusted_whatever_host_it_is_for()
    {
        var options = ReplicaTls.Options(Issue(_authority), TimeProvider.System);

        Assert.True(options.RequireMutualAuthentication);
        Assert.True(options.X509Certificate!.HasPrivateKey);
        Assert.True(Trusts(options, Issue(_authority, ip: "10.9.8.7")));
    }

    [Fact]
    public void One_of_another_authority_none_and_one_that_is_over_are_not()
    {
        var options = ReplicaTls.Options(Issue(_authority), TimeProvider.System);

        Assert.False(Trusts(options, Issue(_other)));
        Assert.False(Trusts(options, Issue(_authority, validFor: TimeSpan.FromMinutes(-1))));
        Assert.False(options.CustomValidator!(null, null, "10.0.0.1:1", SslPolicyErrors.None, NoLogger.Instance));
    }

    [Fact]
    public void Two_authorities_are_trusted_while_one_replaces_the_other()
    {
        var files = Issue(_authority);
        File.AppendAllText(files.CaFile, "\n" + File.ReadAllText(Issue(_other).CaFile));

        Assert.True(Trusts(ReplicaTls.Options(files, TimeProvider.System), Issue(_other)));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named()
    {
        var files = Issue(_authority);
        var missing = files.CertificateFile + ".none";
        Assert.Contains(missing, Refused(files with { CertificateFile = missing }), StringComparison.Ordinal);
        Assert.StartsWith($"tls.ca-file = {missing}: ", Refused(files with { CaFile = missing }), StringComparison.Ordinal);
        Assert.Equal($"tls.ca-file = {files.KeyFile}: there is no certificate in it", Refused(files with { CaFile = files.KeyFile }));
        Assert.Contains("with tls.key-file", Refused(files with { KeyFile = Issue(_authority).KeyFile }), StringComparison.Ordinal);
        Assert.Contains("is valid until", Refused(Issue(_authority, validFor: TimeSpan.FromMinutes(-1))), StringComparison.Ordinal);
    }

    private static ClusterTlsSettings Issue(TestAuthority authority, string ip = "127.0.0.1", TimeSpan? validFor = null)
    {
        var (certificate, key, ca) = authority.Issue(ip, validFor);
        return new ClusterTlsSettings(certificate, key, ca);
    }

    private static string Refused(ClusterTlsSettings files) => Assert.Throws<ReplicaConfigException>(() => ReplicaTls.Options(files, TimeProvider.System)).Message;

    private static bool Trusts(Akka.Remote.Hosting.SslOptions options, ClusterTlsSettings files)
    {
        using var shown = X509CertificateLoader.LoadCertificateFromFile(files.CertificateFile);
        return options.CustomValidator!(shown, null, "10.0.0.1:1", SslPolicyErrors.RemoteCertificateChainErrors, NoLogger.Instance);
    }
}
