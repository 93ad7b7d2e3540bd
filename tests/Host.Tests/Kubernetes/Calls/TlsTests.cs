using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Tests.Kubernetes.Support;
using CacheMachine.Host.Tests.Kubernetes.Watching;
using k8s;

namespace CacheMachine.Host.Tests.Kubernetes.Calls;

public sealed class TlsTests
{
    private static readonly TestCa Ca = new();

    [Fact]
    public async Task The_configured_authority_is_trusted_and_http2_is_spoken()
    {
        await using var api = await ServerAsync(Ca);
        using var connection = Connect(api, Trust(Ca));

        await VersionAsync(connection);

        Assert.Equal("HTTP/2", api.Seen.Single().Protocol);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused_with_the_reason()
    {
        await using var api = await ServerAsync(new TestCa("other-ca"));
        using var connection = Connect(api, Trust(Ca));

        Assert.Contains("(CN=server) does not descend from the configured authority", await RefusalAsync(connection), StringComparison.Ordinal);
        Assert.Empty(api.Seen);
    }

    [Fact]
    public async Task An_authority_of_the_same_name_but_another_key_is_refused()
    {
        await using var api = await ServerAsync(new TestCa());
        using var connection = Connect(api, Trust(Ca));

        Assert.StartsWith("get /version: Unreachable: no TLS connection: ", await RefusalAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_authority_the_machines_roots_decide()
    {
        await using var api = await ServerAsync(Ca);
        using var connection = Connect(api, ServerTrust.System);

        Assert.Contains("not trusted by this machine", await RefusalAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipping_the_check_accepts_any_server()
    {
        await using var api = await ServerAsync(Ca);
        using var connection = Connect(api, new ServerTrust(null, "") { AcceptsAll = true });

        await VersionAsync(connection);
    }

    [Fact]
    public async Task The_servers_own_certificate_can_be_the_authority()
    {
        using var certificate = Ca.Server();
        await using var api = await FakeApi.StartAsync(Version, certificate);
        using var connection = Connect(api, new ServerTrust(certificate.ExportCertificatePem, "test"));

        await VersionAsync(connection);
    }

    [Fact]
    public async Task An_authority_that_is_replaced_is_followed()
    {
        var next = new TestCa("next-ca");
        var pem = Ca.Pem;
        await using var before = await ServerAsync(Ca);
        await using var after = await ServerAsync(next);
        var trust = new ServerTrust(() => pem, "test");
        using var one = Connect(before, trust);
        using var other = Connect(after, trust);
        await VersionAsync(one);
        await RefusalAsync(other);

        pem = next.Pem;

        await VersionAsync(other);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_that_name_is_configured()
    {
        await using var api = await ServerAsync(Ca, "kubernetes.default.svc");
        using var refused = Connect(api, Trust(Ca));
        using var named = Connect(api, Trust(Ca), serverName: "kubernetes.default.svc");
        using var wrong = Connect(api, Trust(Ca), serverName: "elsewhere");

        Assert.Contains("not for the name", await RefusalAsync(refused), StringComparison.Ordinal);
        Assert.Contains("not for the name", await RefusalAsync(wrong), StringComparison.Ordinal);
        await VersionAsync(named);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_presented(bool ec)
    {
        var pem = ec ? Ca.EcClient("me") : Ca.RsaClient("me");
        await using var api = await FakeApi.StartAsync(Version, Ca.Server(), askForClientCertificate: true);
        using var connection = Connect(api, Trust(Ca), new FileCredentials(null, null, new ClientCertificate(() => pem.Certificate, () => pem.Key, "test")));

        await VersionAsync(connection);

        Assert.Equal("CN=me", api.Seen.Single().ClientCertificate);
    }

    [Fact]
    public async Task A_client_certificate_that_is_replaced_is_presented_on_the_next_connection()
    {
        var pem = Ca.EcClient("first");
        await using var api = await FakeApi.StartAsync(Version, Ca.Server(), askForClientCertificate: true);
        using var connection = Connect(
            api, Trust(Ca), new FileCredentials(null, null, new ClientCertificate(() => pem.Certificate, () => pem.Key, "test")),
            times: new ApiTimes { ConnectionLifetime = TimeSpan.Zero });

        await VersionAsync(connection);
        pem = Ca.EcClient("second");
        await VersionAsync(connection);

        Assert.Equal(["CN=first", "CN=second"], api.Seen.Select(request => request.ClientCertificate));
    }

    [Fact]
    public async Task A_watch_over_http2_is_told_frame_by_frame()
    {
        await using var api = await FakeApi.StartAsync(
            context => context.Query("watch").Length > 0
                ? Answers.OpenWatch(Answers.Frame("ADDED", Answers.NodeJson("a", "2")))(context)
                : Answers.Nodes("1")(context),
            Ca.Server());

        Assert.Equal(["Listed()", "Changed(a)"], await Connect(api, Trust(Ca)).UntilAsync(word => word == "Changed(a)", Following.Quick));
        Assert.All(api.Seen, request => Assert.Equal("HTTP/2", request.Protocol));
    }

    private static Task Version(Microsoft.AspNetCore.Http.HttpContext context) => context.JsonAsync(200, """{"gitVersion":"v1.20.2","major":"1","minor":"20"}""");

    private static Task<FakeApi> ServerAsync(TestCa ca, params string[] names) => FakeApi.StartAsync(Version, ca.Server(names));

    private static ServerTrust Trust(TestCa ca) => new(() => ca.Pem, "test");

    private static KubernetesConnection Connect(
        FakeApi api, ServerTrust trust, ApiCredentials? credentials = null, string? serverName = null, ApiTimes? times = null) => new(
        new ApiAccess(api.Address, "ns", "the test") { Trust = trust, ServerName = serverName, Credentials = credentials ?? ApiCredentials.Anonymous },
        TimeProvider.System, times);

    private static async Task VersionAsync(KubernetesConnection connection) => Assert.Equal(
        "v1.20.2", (await connection.AskAsync(new ApiOperation("get", "/version"), (client, token) => client.Version.GetCodeAsync(token), default)).GitVersion);

    private static async Task<string> RefusalAsync(KubernetesConnection connection) =>
        (await Assert.ThrowsAsync<ApiException>(() => VersionAsync(connection))).Message;
}
