using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Http;

public class TlsTests
{
    private static readonly TestCa Ca = new();

    [Fact]
    public async Task The_configured_authority_is_trusted_and_http2_is_spoken()
    {
        await using var api = await ServerAsync(Ca);
        using var client = Client(api, Trust(Ca));

        Assert.True((await client.GetVersionAsync(default)).IsSuccess);
        Assert.Equal("HTTP/2", api.Seen.Single().Protocol);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused_with_the_reason()
    {
        await using var api = await ServerAsync(new TestCa("other-ca"));
        using var client = Client(api, Trust(Ca));

        var error = (await client.GetVersionAsync(default)).Error!;

        Assert.Equal(ApiErrorReason.Unreachable, error.Reason);
        Assert.Contains("(CN=server) does not descend from the configured authority", error.Message, StringComparison.Ordinal);
        Assert.Empty(api.Seen);
    }

    [Fact]
    public async Task An_authority_of_the_same_name_but_another_key_is_refused()
    {
        await using var api = await ServerAsync(new TestCa());
        using var client = Client(api, Trust(Ca));

        Assert.Equal(ApiErrorReason.Unreachable, (await client.GetVersionAsync(default)).Error!.Reason);
    }

    [Fact]
    public async Task Without_an_authority_the_machines_roots_decide()
    {
        await using var api = await ServerAsync(Ca);
        using var client = Client(api, TlsSettings.SystemTrust);

        Assert.Contains("not trusted by this machine", (await client.GetVersionAsync(default)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipping_the_check_accepts_any_server()
    {
        await using var api = await ServerAsync(Ca);
        using var client = Client(api, new TlsSettings { InsecureSkipVerify = true });

        Assert.True((await client.GetVersionAsync(default)).IsSuccess);
    }

    [Fact]
    public async Task The_servers_own_certificate_can_be_the_authority()
    {
        using var certificate = Ca.Server();
        await using var api = await FakeApi.StartAsync(Version, certificate);
        using var client = Client(api, new TlsSettings { Authorities = CertificateAuthorities.FromPem(certificate.ExportCertificatePem()) });

        var result = await client.GetVersionAsync(default);

        Assert.True(result.IsSuccess, result.ToString());
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_that_name_is_configured()
    {
        await using var api = await ServerAsync(Ca, "kubernetes.default.svc");
        using var refused = Client(api, Trust(Ca));
        using var named = Client(api, new TlsSettings { Authorities = Trust(Ca).Authorities, ServerName = "kubernetes.default.svc" });
        using var wrong = Client(api, new TlsSettings { Authorities = Trust(Ca).Authorities, ServerName = "elsewhere" });

        Assert.Contains("not for the name", (await refused.GetVersionAsync(default)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("not for the name", (await wrong.GetVersionAsync(default)).Error!.Message, StringComparison.Ordinal);
        var result = await named.GetVersionAsync(default);
        Assert.True(result.IsSuccess, result.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_presented(bool ec)
    {
        var (certificate, key) = ec ? Ca.EcClient("me") : Ca.RsaClient("me");
        await using var api = await FakeApi.StartAsync(Version, Ca.Server(), askForClientCertificate: true);
        var credential = new Credential(null, ClientCertificate.FromPem(certificate, key, "test"));
        using var client = Client(api, Trust(Ca), new Changing(credential));

        var result = await client.GetVersionAsync(default);

        Assert.True(result.IsSuccess, result.ToString());
        Assert.Equal("CN=me", api.Seen.Single().ClientCertificate);
    }

    [Fact]
    public async Task A_renewed_client_certificate_makes_a_new_connection()
    {
        var (first, firstKey) = Ca.EcClient("first");
        var (second, secondKey) = Ca.EcClient("second");
        await using var api = await FakeApi.StartAsync(Version, Ca.Server(), askForClientCertificate: true);
        var source = new Changing(new Credential(null, ClientCertificate.FromPem(first, firstKey, "test")));
        using var client = Client(api, Trust(Ca), source);

        await client.GetVersionAsync(default);
        source.Current = new Credential(null, ClientCertificate.FromPem(second, secondKey, "test"));
        await client.GetVersionAsync(default);

        Assert.Equal(["CN=first", "CN=second"], api.Seen.Select(request => request.ClientCertificate));
    }

    [Fact]
    public async Task A_watch_over_http2_is_told_frame_by_frame()
    {
        await using var api = await FakeApi.StartAsync(
            Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "2"))), Ca.Server());
        using var client = Client(api, Trust(Ca));

        await using var watch = await client.Nodes.WatchAsync("1", ListOptions.All, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), default);

        Assert.Equal("a", (await watch.ReadAsync())!.Object!.Metadata.Name);
    }

    private static Task Version(Microsoft.AspNetCore.Http.HttpContext context) => context.JsonAsync(200, """{"gitVersion":"v1.20.2"}""");

    private static Task<FakeApi> ServerAsync(TestCa ca, params string[] names) => FakeApi.StartAsync(Version, ca.Server(names));

    private static TlsSettings Trust(TestCa ca) => new() { Authorities = CertificateAuthorities.FromPem(ca.Pem) };

    private static KubernetesClient Client(FakeApi api, TlsSettings tls, CredentialSource? credentials = null) =>
        new(new KubernetesConfig { Server = api.Address, Tls = tls, Credentials = credentials ?? CredentialSource.Anonymous });

    private sealed class Changing(Credential credential) : CredentialSource
    {
        public Credential Current { get; set; } = credential;

        public override ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => new(Current);
    }
}
