using System.Text;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Config;

public sealed class KubeconfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestCa _ca = new();

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
              cluster: {server: "https://10.0.0.1:6443/base", proxy-url: "socks5://127.0.0.1:1080", tls-server-name: kubernetes, disable-compression: true}
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

        var prod = KubernetesConfig.Load(file, environment: Quiet);
        var dev = KubernetesConfig.Load(file, "dev", Quiet);

        Assert.Equal("https://10.0.0.1:6443/base", prod.Server.AbsoluteUri);
        Assert.Equal("images", prod.Namespace);
        Assert.Equal("kubernetes", prod.Tls.ServerName);
        Assert.Equal(new Uri("socks5://127.0.0.1:1080"), prod.Proxy);
        Assert.True(prod.DisableCompression);
        var credential = await prod.Credentials.GetAsync(default);
        Assert.Equal("Bearer s3cret-token", credential.Authorization!.ToString());
        Assert.DoesNotContain("s3cret", $"{credential} {prod} {prod.Credentials}", StringComparison.Ordinal);
        Assert.Equal("default", dev.Namespace);
        Assert.Equal(
            "Basic " + Convert.ToBase64String("bob:p:w"u8), (await dev.Credentials.GetAsync(default)).Authorization!.ToString());
    }

    [Fact]
    public async Task Of_several_files_the_first_that_has_an_entry_wins_and_missing_files_are_left_out()
    {
        var first = _folder.Write("one/config", """
            current-context: a
            clusters: [{name: c, cluster: {server: "https://first", certificate-authority: ca.pem}}]
            contexts: [{name: a, context: {cluster: c, user: u}}]
            """);
        _folder.Write("one/ca.pem", _ca.Pem);
        var second = _folder.Write("two/config", """
            current-context: b
            clusters: [{name: c, cluster: {server: "https://second"}}]
            users: [{name: u, user: {tokenFile: token}}]
            """);
        _folder.Write("two/token", "from-two\n");
        var paths = string.Join(Path.PathSeparator, first, Path.Combine(_folder.Path, "none"), second);

        var config = KubernetesConfig.Load(environment: Quiet with { Variable = name => name == "KUBECONFIG" ? paths : null });

        Assert.Equal("first", config.Server.Host);
        Assert.Single(config.Tls.Authorities!.Read());
        Assert.Equal("Bearer from-two", (await config.Credentials.GetAsync(default)).Authorization!.ToString());
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
            var credential = await KubernetesConfig.Load(file, environment: Quiet).Credentials.GetAsync(default);
            Assert.Equal("CN=me", credential.Certificate!.Leaf.Subject);
            Assert.True(credential.Certificate.Leaf.HasPrivateKey);
            Assert.Null(credential.Authorization);
        }
    }

    [Fact]
    public async Task A_client_certificate_file_that_is_replaced_is_read_again()
    {
        var (certificate, key) = _ca.EcClient("before");
        _folder.Write("me.crt", certificate);
        _folder.Write("me.key", key);
        var source = KubernetesConfig.Load(
            Write("{client-certificate: me.crt, client-key: me.key}"), environment: Quiet with { FileReloadPeriod = TimeSpan.Zero }).Credentials;
        var before = await source.GetAsync(default);
        Assert.Same(before, await source.GetAsync(default));

        (certificate, key) = _ca.EcClient("after");
        _folder.Write("me.crt", certificate);
        _folder.Write("me.key", key);

        Assert.Equal("CN=after", (await source.GetAsync(default)).Certificate!.Leaf.Subject);
    }

    [Theory]
    [InlineData("{token: abc, username: bob}", "user \"u\": username: cannot be given together with token")]
    [InlineData("{password: secret-word}", "user \"u\": password: cannot be given without username")]
    [InlineData("{client-certificate-data: '%%secret-word%%', client-key: k}", "user \"u\": client-certificate-data: not base64")]
    [InlineData("{client-key: k}", "user \"u\": client-certificate: missing")]
    [InlineData("{client-certificate: none.crt, client-key: none.key}", "none.crt cannot be read")]
    [InlineData("{client-certificate-data: c2VjcmV0LXdvcmQ=, client-key-data: c2VjcmV0LXdvcmQ=}", "user \"u\": client-certificate and client-key are not")]
    [InlineData("{tokenFile: none}", "user \"u\": tokenFile: the file")]
    [InlineData("{token: {a: b}}", "user \"u\": token: a string is expected")]
    [InlineData("{as: root, token: secret-word}", "user \"u\": as: not supported")]
    [InlineData("{auth-provider: {name: gcp}}", "user \"u\": auth-provider: not supported")]
    [InlineData("{token: \"secret-word\\n\"}", "user \"u\": token: has white space")]
    [InlineData("{exec: {apiVersion: v0, command: x}}", "user \"u\": exec: apiVersion: 'v0' is not supported")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "user \"u\": exec: command: missing")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}", "user \"u\": exec: interactiveMode")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: secret-word}]}}", "user \"u\": exec: env[0]: name: missing")]
    public void A_faulty_user_is_named_with_file_and_field_and_without_its_secrets(string user, string expected)
    {
        var file = Write(user);

        var error = Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(file, environment: Quiet));

        Assert.StartsWith($"kubeconfig {file}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "cluster \"c\": server: missing")]
    [InlineData("{server: 'ftp://x'}", "cluster \"c\": server: not an address that starts with http:// or https://")]
    [InlineData("{server: 'https://u:p@x'}", "cluster \"c\": server: user name and password")]
    [InlineData("{server: 'https://x', certificate-authority: none}", "cluster \"c\": certificate-authority: the file")]
    [InlineData("{server: 'https://x', certificate-authority-data: aGVsbG8=}", "cluster \"c\": certificate-authority-data: no PEM certificate")]
    [InlineData("{server: 'https://x', insecure-skip-tls-verify: maybe}", "cluster \"c\": insecure-skip-tls-verify: true or false")]
    [InlineData("{server: 'https://x', certificate-authority-data: aGVsbG8=, insecure-skip-tls-verify: true}", "insecure-skip-tls-verify: cannot be true")]
    [InlineData("{server: 'https://x', proxy-url: 'gopher://x'}", "cluster \"c\": proxy-url")]
    public void A_faulty_cluster_is_named_with_its_field(string cluster, string expected)
    {
        var file = Write("{}", cluster);

        var error = Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(file, environment: Quiet));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_pieces_say_what_is_there()
    {
        var file = Write("{}");
        Assert.Contains("there is no context \"x\"; there are: only", Message(file, "x"), StringComparison.Ordinal);
        Assert.Contains("no current-context", Message(_folder.Write("a", "apiVersion: v1\nclusters: null\n")), StringComparison.Ordinal);
        Assert.Contains("not YAML at line ", Message(_folder.Write("b", "{a: [secret-word")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Message(Path.Combine(_folder.Path, "none")), StringComparison.Ordinal);
        Assert.Contains("there is no user \"u\"; there is none", Message(_folder.Write(
            "c", "{current-context: a, clusters: [{name: c, cluster: {server: 'https://x'}}], contexts: [{name: a, context: {cluster: c, user: u}}]}")), StringComparison.Ordinal);
        var nothing = Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(environment: Quiet));
        Assert.Contains("no cluster is configured", nothing.Message, StringComparison.Ordinal);
    }

    private ConfigEnvironment Quiet => new()
    {
        Variable = _ => null,
        HomeDirectory = _folder.Path,
        ServiceAccountDirectory = Path.Combine(_folder.Path, "none"),
    };

    private string Message(string file, string? context = null) =>
        Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(file, context, Quiet)).Message;

    private string Write(string user, string cluster = "{server: 'https://127.0.0.1:1'}") => _folder.Write($"kubeconfig-{Guid.NewGuid():N}", $$$"""
        current-context: only
        clusters: [{name: c, cluster: {{{cluster}}} }]
        users: [{name: u, user: {{{user}}} }]
        contexts: [{name: only, context: {cluster: c, user: u}}]
        """);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
