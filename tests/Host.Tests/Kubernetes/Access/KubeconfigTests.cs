using System.Text;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;
using CacheMachine.Host.Tests.Kubernetes.Support;
using CacheMachine.Simulator;
using CacheMachine.TestKit;
using k8s;
using Microsoft.Extensions.Configuration;

namespace CacheMachine.Host.Tests.Kubernetes.Access;

public sealed class KubeconfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestCa _ca = new();
    private readonly VirtualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_current_context_chooses_cluster_user_and_namespace()
    {
        var file = _folder.Write("config", """
            apiVersion: v1
            kind: Config
            current-context: prod
            clusters:
            - name: c1
              cluster: {server: "https://10.0.0.1:6443/base", proxy-url: "socks5://127.0.0.1:1080", tls-server-name: kubernetes}
            - name: c2
              cluster: {server: http://127.0.0.1:8001}
            users:
            - name: u1
              user: {token: s3cret-token}
            - name: u2
              user: {username: bob, password: "p:w"}
            contexts:
            - name: prod
              context: {cluster: c1, user: u1, namespace: images}
            - name: dev
              context: {cluster: c2, user: u2}
            preferences: {}
            """);

        var prod = Load(file);
        var dev = Load(file, "dev");

        Assert.Equal("https://10.0.0.1:6443/base", prod.Server.AbsoluteUri);
        Assert.Equal("images", prod.Namespace);
        Assert.Equal("kubernetes", prod.ServerName);
        Assert.Equal(new Uri("socks5://127.0.0.1:1080"), prod.Proxy);
        Assert.Equal("Bearer s3cret-token", await HeaderAsync(prod));
        Assert.DoesNotContain("s3cret", $"{prod} {prod.Credentials}", StringComparison.Ordinal);
        Assert.Equal("default", dev.Namespace);
        Assert.Equal("Basic " + Convert.ToBase64String("bob:p:w"u8), await HeaderAsync(dev));
    }

    [Theory]
    [InlineData("users: [{name: u, user: {}}]")]
    [InlineData("users: [{name: u, user: {token: ''}}]")]
    public async Task A_user_without_credentials_is_nobody(string users)
    {
        var file = _folder.Write("config", """
            current-context: only
            clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
            contexts: [{name: only, context: {cluster: c, user: u}}]

            """ + users);

        Assert.Null(await HeaderAsync(Load(file)));
        Assert.Null(Load(file).Credentials.Certificate);
    }

    [Fact]
    public async Task The_simulators_kubeconfig_is_enough()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 2 });
        var file = Path.Combine(_folder.Path, "simulator");
        cluster.WriteKubeconfig(file);

        using var connection = KubernetesConnection.Open(Settings(file), TimeProvider.System);

        Assert.Equal(2, (await connection.Client.CoreV1.ListNodeAsync()).Items.Count);
    }

    [Theory]
    [InlineData(null, null, "images")]
    [InlineData("other", null, "default")]
    [InlineData(null, "mine", "mine")]
    public void The_settings_namespace_is_stronger_than_the_contexts(string? context, string? ns, string expected)
    {
        var file = _folder.Write("config", """
            current-context: only
            clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
            contexts: [{name: only, context: {cluster: c, namespace: images}}, {name: other, context: {cluster: c}}]
            """);

        using var connection = KubernetesConnection.Open(Settings(file) with { Context = context, Namespace = ns }, TimeProvider.System);

        Assert.Equal(expected, connection.Namespace);
        Assert.Equal($"https://127.0.0.1:1/ (namespace {expected}, from context \"{context ?? "only"}\" of {file})", connection.ToString());
    }

    [Fact]
    public async Task A_token_file_is_followed_and_stronger_than_a_token()
    {
        _folder.Write("token", "t1\n");
        var access = Load(Write("{token: old, tokenFile: token}"));
        Assert.Equal("Bearer t1", await HeaderAsync(access));

        _folder.Write("token", "t2");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("Bearer t2", await HeaderAsync(access));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_certificates_are_read_from_data_and_from_files(bool ec)
    {
        var (certificate, key) = ec ? _ca.EcClient("me") : _ca.RsaClient("me");
        _folder.Write("me.crt", certificate);
        _folder.Write("me.key", key);
        var byFile = Write("{client-certificate: me.crt, client-key: me.key}");
        var byData = Write($"{{client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}}}");

        foreach (var file in new[] { byFile, byData })
        {
            var access = Load(file);
            Assert.Equal("CN=me", access.Credentials.Certificate!.Subject);
            Assert.True(access.Credentials.Certificate.HasPrivateKey);
            Assert.Null(await HeaderAsync(access));
        }
    }

    [Fact]
    public void A_client_certificate_file_that_is_replaced_is_read_again()
    {
        var (certificate, key) = _ca.EcClient("before");
        _folder.Write("me.crt", certificate);
        _folder.Write("me.key", key);
        var credentials = Load(Write("{client-certificate: me.crt, client-key: me.key}")).Credentials;
        Assert.Same(credentials.Certificate, credentials.Certificate);

        (certificate, key) = _ca.EcClient("after");
        _folder.Write("me.crt", certificate);
        _folder.Write("me.key", key);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=after", credentials.Certificate!.Subject);
    }

    [Theory]
    [InlineData("{token: abc, username: bob}", "user \"u\", username: cannot be given together with token")]
    [InlineData("{password: secret-word}", "user \"u\", password: cannot be given without username")]
    [InlineData("{client-certificate-data: '%%secret-word%%', client-key: k}", "user \"u\", client-certificate-data: not base64")]
    [InlineData("{client-key: k}", "user \"u\", client-certificate: missing")]
    [InlineData("{client-certificate: none.crt, client-key: none.key}", "none.crt cannot be read")]
    [InlineData("{client-certificate-data: c2VjcmV0LXdvcmQ=, client-key-data: c2VjcmV0LXdvcmQ=}", "user \"u\": client-certificate and client-key are not")]
    [InlineData("{tokenFile: none}", "user \"u\", tokenFile: the file")]
    [InlineData("{token: {a: secret-word}}", "is not YAML of a kubeconfig")]
    [InlineData("{as: root, token: secret-word}", "user \"u\", as: acting as another user is not supported")]
    [InlineData("{as-groups: [system:masters], token: secret-word}", "user \"u\", as: acting as another user is not supported")]
    [InlineData("{auth-provider: {name: gcp}}", "user \"u\", auth-provider: not supported")]
    [InlineData("{token: \"secret-word\\n\"}", "user \"u\", token: has white space")]
    [InlineData("{exec: {apiVersion: v0, command: x}}", "user \"u\", exec, apiVersion: 'v0' is not supported")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "user \"u\", exec, command: missing")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: secret-word}]}}", "user \"u\", exec, env: an entry has no name")]
    public void A_faulty_user_is_named_with_file_and_field_and_without_its_secrets(string user, string expected)
    {
        var file = Write(user);

        var error = Assert.Throws<KubernetesConfigException>(() => Load(file));

        Assert.StartsWith($"kubeconfig {file}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "cluster \"c\", server: missing")]
    [InlineData("{server: 'ftp://x'}", "cluster \"c\", server: not an address that starts with http:// or https://")]
    [InlineData("{server: 'https://u:p@x'}", "cluster \"c\", server: user name and password")]
    [InlineData("{server: 'https://x', certificate-authority: none}", "cluster \"c\", certificate-authority: the file")]
    [InlineData("{server: 'https://x', certificate-authority-data: aGVsbG8=}", "cluster \"c\", certificate-authority: no PEM certificate")]
    [InlineData("{server: 'https://x', insecure-skip-tls-verify: maybe}", "is not YAML of a kubeconfig")]
    [InlineData("{server: 'https://x', certificate-authority-data: aGVsbG8=, insecure-skip-tls-verify: true}", "insecure-skip-tls-verify: cannot be true")]
    [InlineData("{server: 'https://x', proxy-url: 'gopher://x'}", "cluster \"c\", proxy-url")]
    public void A_faulty_cluster_is_named_with_its_field(string cluster, string expected)
    {
        var file = Write("{}", cluster);

        var error = Assert.Throws<KubernetesConfigException>(() => Load(file));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_pieces_say_what_is_there()
    {
        var file = Write("{}");
        Assert.Contains("there is no context \"x\"; there are: only", Message(file, "x"), StringComparison.Ordinal);
        Assert.Contains("no current-context", Message(_folder.Write("a", "apiVersion: v1\nclusters: null\n")), StringComparison.Ordinal);
        Assert.Contains("is not YAML of a kubeconfig", Message(_folder.Write("b", "{a: [secret-word")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Message(Path.Combine(_folder.Path, "none")), StringComparison.Ordinal);
        Assert.Contains("there is no user \"u\"; there is none", Message(_folder.Write(
            "c", "{current-context: a, clusters: [{name: c, cluster: {server: 'https://x'}}], contexts: [{name: a, context: {cluster: c, user: u}}]}")), StringComparison.Ordinal);
        Assert.Contains("no current-context", Message(_folder.Write("empty", "")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_service_says_what_is_wrong_in_one_line()
    {
        var file = _folder.Write("config", "clusters: [");
        var settings = HostSettingsOf("--kubeconfig", file);

        var error = Assert.Throws<KubernetesConfigException>(() => KubernetesConnection.Open(settings.Kubernetes, TimeProvider.System));

        Assert.Equal($"kubernetes: kubeconfig {file}: line 2, column 1 is not YAML of a kubeconfig", StartFailures.Describe(error, settings));
    }

    private static HostSettings HostSettingsOf(params string[] flags)
    {
        var startup = HostStartup.Load(flags, new ConfigurationBuilder().Build(), AppContext.BaseDirectory);
        return startup.Settings ?? throw new InvalidOperationException(string.Join("; ", startup.Errors));
    }

    private static KubernetesSettings Settings(string file) => new(KubernetesMode.Kubeconfig, false, file, null, null, null);

    private ApiAccess Load(string file, string? context = null) => new Kubeconfig(file, new AccessTimes(_time)).Load(context);

    private static async Task<string?> HeaderAsync(ApiAccess access) => (await access.Credentials.GetAuthenticationHeaderAsync(default))?.ToString();

    private string Message(string file, string? context = null) => Assert.Throws<KubernetesConfigException>(() => Load(file, context)).Message;

    private string Write(string user, string cluster = "{server: 'https://127.0.0.1:1'}") => _folder.Write($"kubeconfig-{Guid.NewGuid():N}", $$$"""
        current-context: only
        clusters: [{name: c, cluster: {{{cluster}}} }]
        users: [{name: u, user: {{{user}}} }]
        contexts: [{name: only, context: {cluster: c, user: u}}]
        """);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
