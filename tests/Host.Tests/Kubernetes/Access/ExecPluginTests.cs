using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Tests.Kubernetes.Support;
using k8s;

namespace CacheMachine.Host.Tests.Kubernetes.Access;

public sealed class ExecPluginTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(V1)]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task A_plugin_gives_a_token_that_is_kept_until_it_expires(string version)
    {
        var source = Source(Counting(version, ",\"expirationTimestamp\":\"2999-01-01T00:00:00Z\""), version);
        Assert.Equal("Bearer token-1", await TokenAsync(source));
        Assert.Equal("Bearer token-1", await TokenAsync(source));

        var expired = Source(Counting(version, ",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\""), version);
        Assert.Equal("Bearer token-2", await TokenAsync(expired));
        Assert.Equal("Bearer token-3", await TokenAsync(expired));
    }

    [Fact]
    public async Task A_refused_token_is_asked_for_again_and_the_request_repeated_once()
    {
        await using var api = await FakeApi.StartAsync(context => context.Request.Headers.Authorization == "Bearer token-2"
            ? context.JsonAsync(200, """{"metadata":{"name":"p"}}""")
            : context.JsonAsync(401, Answers.StatusJson(401, "Unauthorized", "Unauthorized")));
        using var connection = api.Connect(credentials: Source(Counting(V1, "")));

        Assert.Equal("p", (await connection.Client.CoreV1.ReadNamespacedPodAsync("p", "ns")).Metadata.Name);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], api.Seen.Select(request => request.Authorization));
    }

    [Fact]
    public async Task Many_requests_at_once_run_the_plugin_once()
    {
        var source = Source(Counting(V1, ""));

        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TokenAsync(source)));

        Assert.All(tokens, token => Assert.Equal("Bearer token-1", token));
    }

    [Fact]
    public async Task Arguments_variables_and_the_cluster_reach_the_plugin()
    {
        var script = Script($$$"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > "{{{_folder.Path}}}/info"
            printf '{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"%s-%s-%s"}}' "$1" "$2" "$MY_VAR"
            """);
        var source = Source(script, V1, "[one, 'two two']", "[{name: MY_VAR, value: three}]", "provideClusterInfo: true, ");

        Assert.Equal("Bearer one-two two-three", await TokenAsync(source));
        var info = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "info")))!;
        Assert.Equal("ExecCredential", (string?)info["kind"]);
        Assert.Equal(V1, (string?)info["apiVersion"]);
        Assert.False((bool)info["spec"]!["interactive"]!);
        Assert.Equal("https://127.0.0.1:1", (string?)info["spec"]!["cluster"]!["server"]);
        Assert.Equal("sni", (string?)info["spec"]!["cluster"]!["tls-server-name"]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_relative_command_is_in_the_folder_of_the_kubeconfig()
    {
        var path = _folder.Write("bin/plugin", $$$"""
            #!/bin/sh
            echo '{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"relative"}}'
            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);

        Assert.Equal("Bearer relative", await TokenAsync(Load($"{{apiVersion: {V1}, command: ./bin/plugin}}")));
    }

    [Fact]
    public async Task A_plugin_may_give_a_client_certificate()
    {
        var (certificate, key) = new TestCa().EcClient("from-plugin");
        var answer = new JsonObject
        {
            ["apiVersion"] = V1,
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        };
        var file = _folder.Write("answer.json", answer.ToJsonString());

        var source = Source(Script($"cat '{file}'"));

        Assert.Null(await TokenAsync(source));
        Assert.Equal("CN=from-plugin", source.Certificate!.Subject);
    }

    [Theory]
    [InlineData("echo 'no login for env-secret-value' >&2; exit 3", "exited with code 3: no login for ***")]
    [InlineData("echo token-secret", "its output is not JSON")]
    [InlineData("""echo '{"kind":"Other"}'""", "of kind 'Other'")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"token-secret"}}'""", "has apiVersion 'client.authentication.k8s.io/v1beta1', but")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'""", "neither a token nor")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "neither a token nor")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"token-secret"}}'""", "neither a token nor")]
    public async Task A_plugin_that_fails_is_named_without_secrets(string script, string expected)
    {
        var source = Source(Script(script), V1, "[]", "[{name: S, value: env-secret-value}]");

        var error = await Assert.ThrowsAsync<KubernetesConfigException>(() => TokenAsync(source));

        Assert.Contains("user \"u\", exec: command /bin/sh: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_killed()
    {
        var source = Source(Script("sleep 600 & echo $! > \"$(dirname \"$0\")/pid\"; wait"), timeout: TimeSpan.FromMilliseconds(500));

        var error = await Assert.ThrowsAsync<KubernetesConfigException>(() => TokenAsync(source));

        Assert.Contains("did not finish within 0.5 s and was killed", error.Message, StringComparison.Ordinal);
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "pid")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(await EndsAsync(pid), "the plugin's child still runs");
    }

    [Fact]
    public async Task A_command_that_does_not_exist_gives_its_install_hint()
    {
        var source = Load($"{{apiVersion: {V1}, command: no-such-plugin-anywhere, installHint: 'get it from the site'}}");

        var error = await Assert.ThrowsAsync<KubernetesConfigException>(() => TokenAsync(source));

        Assert.Contains("no-such-plugin-anywhere: could not be started", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("install hint: get it from the site", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_fails_the_request_in_time_and_a_cancelled_request_at_once()
    {
        await using var api = await FakeApi.ScriptAsync();
        using var connection = api.Connect(new ApiTimes { Request = TimeSpan.FromMilliseconds(300) }, Source(Script("exec sleep 600")));
        using var stop = new CancellationTokenSource();

        var error = await Assert.ThrowsAsync<ApiException>(() => connection.AskAsync(
            new ApiOperation("get", "pods", "ns", "p"), (client, token) => client.CoreV1.ReadNamespacedPodAsync("p", "ns", cancellationToken: token), default));
        Assert.Equal("get pods ns/p: ClientTimeout: no complete answer within 0.3 s", error.Message);
        var reading = connection.Client.CoreV1.ReadNamespacedPodAsync("p", "ns", cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Empty(api.Seen);
    }

    private static async Task<string?> TokenAsync(ApiCredentials source) => (await source.GetAuthenticationHeaderAsync(default))?.ToString();

    /// <summary>True when the process is gone, or only waits to be collected by whoever inherited it.</summary>
    private static async Task<bool> EndsAsync(int pid)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (!patience.IsCancellationRequested)
        {
            var stat = $"/proc/{pid}/stat";
            if (!File.Exists(stat) || (await File.ReadAllTextAsync(stat)).Contains(") Z ", StringComparison.Ordinal))
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        return false;
    }

    /// <summary>A plugin whose n-th run gives token-n.</summary>
    private string Counting(string version, string more) => Script($$$"""
        echo x >> "$(dirname "$0")/runs"
        n=$(wc -l < "$(dirname "$0")/runs" | tr -d ' ')
        printf '{"apiVersion":"{{{version}}}","kind":"ExecCredential","status":{"token":"token-%s"{{{more}}}}}' "$n"
        """);

    private string Script(string text) => _folder.Write($"plugin-{Guid.NewGuid():N}.sh", text);

    private ApiCredentials Source(
        string script, string version = V1, string args = "[]", string env = "[]", string more = "", TimeSpan? timeout = null) =>
        Load($"{{apiVersion: {version}, command: /bin/sh, {more}args: {args.Replace("[", args == "[]" ? $"['{script}'" : $"['{script}', ", StringComparison.Ordinal)}, env: {env}}}", timeout);

    private ApiCredentials Load(string exec, TimeSpan? timeout = null)
    {
        var file = _folder.Write($"kubeconfig-{Guid.NewGuid():N}", $$$"""
            current-context: only
            clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1', tls-server-name: sni}}]
            users: [{name: u, user: {exec: {{{exec}}} }}]
            contexts: [{name: only, context: {cluster: c, user: u}}]
            """);
        return new Kubeconfig(file, new AccessTimes(TimeProvider.System) { Exec = timeout ?? TimeSpan.FromSeconds(60) }).Load(null).Credentials;
    }
}
