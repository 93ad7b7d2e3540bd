using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Tests.Support;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Config;

public sealed class InClusterConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = new() { ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1", ["KUBERNETES_SERVICE_PORT"] = "443" };

    public InClusterConfigTests()
    {
        _folder.Write("token", "t1\n");
        _folder.Write("ca.crt", new TestCa().Pem);
        _folder.Write("namespace", "cachemachine");
    }

    private ConfigEnvironment Pod => new()
    {
        Variable = _variables.GetValueOrDefault,
        ServiceAccountDirectory = _folder.Path,
        HomeDirectory = _folder.Path,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pod_finds_server_namespace_authority_and_token()
    {
        var config = KubernetesConfig.Load(environment: Pod);

        Assert.Equal("https://10.96.0.1/", config.Server.AbsoluteUri);
        Assert.Equal("cachemachine", config.Namespace);
        Assert.Single(config.Tls.Authorities!.Read());
        Assert.Equal("Bearer t1", (await config.Credentials.GetAsync(default)).Authorization!.ToString());
        _variables["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        Assert.Equal("https://[fd00::1]/", KubernetesConfig.Load(environment: Pod).Server.AbsoluteUri);
    }

    [Fact]
    public async Task A_rotated_token_is_used_after_the_reload_period()
    {
        var source = KubernetesConfig.Load(environment: Pod with { FileReloadPeriod = TimeSpan.Zero }).Credentials;
        await source.GetAsync(default);

        _folder.Write("token", "t2");

        Assert.Equal("Bearer t2", (await source.GetAsync(default)).Authorization!.ToString());
    }

    [Fact]
    public async Task A_refused_token_is_read_again_at_once_and_the_request_repeated()
    {
        var source = KubernetesConfig.Load(environment: Pod).Credentials;
        await using var api = await FakeApi.StartAsync(context => context.Request.Headers.Authorization == "Bearer t2"
            ? context.JsonAsync(201, """{"metadata":{"name":"x"}}""")
            : context.JsonAsync(401, Answers.StatusJson(401, "Unauthorized", "Unauthorized")));
        using var client = api.Client(credentials: source);
        var lease = new Kubernetes.Resources.Lease(new Kubernetes.Resources.ObjectMeta(Name: "x"));
        Assert.Equal(401, (await client.Leases("ns").CreateAsync(lease, default)).Error!.HttpStatus);
        Assert.Single(api.Seen);

        _folder.Write("token", "t2");

        Assert.True((await client.Leases("ns").CreateAsync(lease, default)).IsSuccess);
        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2"], api.Seen.Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_token_file_that_is_gone_is_an_error_of_the_call()
    {
        var source = KubernetesConfig.Load(environment: Pod with { FileReloadPeriod = TimeSpan.Zero }).Credentials;
        File.Delete(Path.Combine(_folder.Path, "token"));
        await using var api = await FakeApi.ScriptAsync();
        using var client = api.Client(credentials: source);

        var error = (await client.Pods("ns").GetAsync("p", default)).Error!;

        Assert.Equal(Kubernetes.Errors.ApiErrorReason.CredentialsFailed, error.Reason);
        Assert.Contains($"token: the file {Path.Combine(_folder.Path, "token")} cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.True(InClusterConfig.IsAvailable(Pod));
        _variables["KUBERNETES_SERVICE_PORT"] = "https";
        Assert.Contains("KUBERNETES_SERVICE_PORT is 'https'", Fault(), StringComparison.Ordinal);
        _variables.Remove("KUBERNETES_SERVICE_PORT");
        Assert.Contains("variable KUBERNETES_SERVICE_PORT is not set", Fault(), StringComparison.Ordinal);
        _variables["KUBERNETES_SERVICE_PORT"] = "443";
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), "none");
        Assert.Contains("ca.crt: no PEM certificate", Fault(), StringComparison.Ordinal);
        _variables.Remove("KUBERNETES_SERVICE_HOST");
        Assert.False(InClusterConfig.IsAvailable(Pod));
    }

    private string Fault() => Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(environment: Pod)).Message;
}
