using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using YamlDotNet.RepresentationModel;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>
/// A real cluster as the suite's target: <c>CACHEMACHINE_TEST_KUBECONFIG</c> names a kubeconfig with server, certificate authority and token,
/// <c>CACHEMACHINE_TEST_REGISTRY</c> the host:port of a plain http registry. See tests/cluster.
/// </summary>
public sealed class RealClusterTarget : ConformanceTarget
{
    /// <summary>kubelet looks for images every 30 s, and reports some seconds later.</summary>
    public override TimeSpan ReportWithin => TimeSpan.FromSeconds(90);

    protected override Task ConnectAsync()
    {
        Registry = Setting("CACHEMACHINE_TEST_REGISTRY", "the host:port of a registry with conformance/shell:1 and conformance/noshell:1");
        var file = Setting("CACHEMACHINE_TEST_KUBECONFIG", "a kubeconfig with server, certificate-authority-data and token");
        var yaml = new YamlStream();
        using (var reader = File.OpenText(file))
            yaml.Load(reader);
        var root = yaml.Documents[0].RootNode;
        var cluster = root["clusters"][0]["cluster"];
        var user = root["users"][0]["user"];

        var authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(cluster["certificate-authority-data"].ToString()));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && IsIssuedBy(authority, certificate),
            },
        };
        var http = new HttpClient(handler) { BaseAddress = new Uri(cluster["server"].ToString()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", user["token"].ToString());
        Api = new Api(http);
        return Task.CompletedTask;
    }

    /// <summary>No pod can be made before the namespace has its service account.</summary>
    protected override Task PrepareAsync() => Wait.Until("the namespace has its service account", async () =>
        (int)(await Api.Send("GET", $"/api/v1/namespaces/{Namespace}/serviceaccounts/default")).Code == 200);

    private static bool IsIssuedBy(X509Certificate2 authority, X509Certificate certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    private static string Setting(string name, string meaning) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"{name} is not set: the conformance suite needs a real cluster, and this variable names {meaning}. " +
                "tests/cluster brings one up; or leave these tests out with --filter Category!=RealCluster.");
}

[Trait("Category", "RealCluster")]
public sealed class RealClusterListConformance(RealClusterTarget target) : ListConformance(target), IClassFixture<RealClusterTarget>;

[Trait("Category", "RealCluster")]
public sealed class RealClusterWatchConformance(RealClusterTarget target) : WatchConformance(target), IClassFixture<RealClusterTarget>;

[Trait("Category", "RealCluster")]
public sealed class RealClusterObjectConformance(RealClusterTarget target) : ObjectConformance(target), IClassFixture<RealClusterTarget>;

[Trait("Category", "RealCluster")]
public sealed class RealClusterUpdateConformance(RealClusterTarget target) : UpdateConformance(target), IClassFixture<RealClusterTarget>;

[Trait("Category", "RealCluster")]
public sealed class RealClusterDeleteConformance(RealClusterTarget target) : DeleteConformance(target), IClassFixture<RealClusterTarget>;

/// <summary>One after the other with the pulls: it taints nodes.</summary>
[Trait("Category", "RealCluster")]
[Collection("the nodes of the real cluster")]
public sealed class RealClusterDaemonSetConformance(RealClusterTarget target) : DaemonSetConformance(target), IClassFixture<RealClusterTarget>;

[Trait("Category", "RealCluster")]
[Collection("the nodes of the real cluster")]
public sealed class RealClusterPullConformance(RealClusterTarget target) : PullConformance(target), IClassFixture<RealClusterTarget>;
