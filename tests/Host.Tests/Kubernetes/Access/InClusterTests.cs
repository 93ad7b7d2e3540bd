using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Tests.Kubernetes.Support;
using CacheMachine.TestKit;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes.Access;

public sealed class InClusterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualTimeProvider _time = new();
    private readonly Dictionary<string, string> _variables = new() { ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1", ["KUBERNETES_SERVICE_PORT"] = "443" };

    public InClusterTests()
    {
        _folder.Write("token", "t1\n");
        _folder.Write("ca.crt", new TestCa().Pem);
        _folder.Write("namespace", "cachemachine\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pod_finds_server_namespace_authority_and_token()
    {
        var access = Load();

        Assert.Equal(("https://10.96.0.1/", "cachemachine"), (access.Server.AbsoluteUri, access.Namespace));
        Assert.Single(access.Trust.Read()!);
        Assert.Equal("Bearer t1", await TokenAsync(access));
        _variables["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        Assert.Equal("https://[fd00::1]/", Load().Server.AbsoluteUri);
    }

    [Fact]
    public async Task Files_that_are_replaced_are_read_again_after_a_minute()
    {
        var access = Load();
        await TokenAsync(access);
        var other = new TestCa("other");
        _folder.Write("token", "t2");
        _folder.Write("ca.crt", other.Pem);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("Bearer t1", await TokenAsync(access));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("Bearer t2", await TokenAsync(access));
        Assert.Equal("CN=other", Assert.Single(access.Trust.Read()!).Subject);
    }

    [Fact]
    public async Task A_refused_token_is_read_again_at_once_and_the_request_repeated()
    {
        await using var api = await FakeApi.StartAsync(context => context.Request.Headers.Authorization == "Bearer t2"
            ? context.JsonAsync(201, """{"metadata":{"name":"x"}}""")
            : context.JsonAsync(401, Answers.StatusJson(401, "Unauthorized", "Unauthorized")));
        using var connection = api.Connect(credentials: Load().Credentials);
        var lease = new V1Lease { Metadata = new V1ObjectMeta { Name = "x" } };
        Task<V1Lease> CreateAsync() => connection.AskAsync(
            new ApiOperation("create", "leases.coordination.k8s.io", "ns", "x"),
            (client, token) => client.CoordinationV1.CreateNamespacedLeaseAsync(lease, "ns", cancellationToken: token), default);
        Assert.True((await Assert.ThrowsAsync<ApiException>(CreateAsync)).IsFinal);
        Assert.Single(api.Seen);

        _folder.Write("token", "t2");

        Assert.Equal("x", (await CreateAsync()).Metadata.Name);
        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2"], api.Seen.Select(request => request.Authorization));
        Assert.Equal(api.Seen.ElementAt(1).Body, api.Seen.Last().Body);
    }

    [Fact]
    public async Task A_token_file_that_is_gone_is_an_error_of_the_call()
    {
        var access = Load();
        File.Delete(Path.Combine(_folder.Path, "token"));
        _time.Advance(TimeSpan.FromMinutes(2));
        await using var api = await FakeApi.ScriptAsync();
        using var connection = api.Connect(credentials: access.Credentials);

        var error = await Assert.ThrowsAsync<ApiException>(() => connection.AskAsync(
            new ApiOperation("create", "pods", "ns", "p"),
            (client, token) => client.CoreV1.CreateNamespacedPodAsync(new V1Pod(), "ns", cancellationToken: token), default));

        Assert.StartsWith(
            $"create pods ns/p: CredentialsFailed: in-cluster configuration, token: the file {Path.Combine(_folder.Path, "token")} cannot be read",
            error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        _variables["KUBERNETES_SERVICE_PORT"] = "https";
        Assert.Contains("KUBERNETES_SERVICE_PORT is 'https'", Fault(), StringComparison.Ordinal);
        _variables.Remove("KUBERNETES_SERVICE_PORT");
        Assert.Contains("variable KUBERNETES_SERVICE_PORT is not set", Fault(), StringComparison.Ordinal);
        _variables["KUBERNETES_SERVICE_PORT"] = "443";
        _folder.Write("ca.crt", "none");
        Assert.Contains("ca.crt: no PEM certificate", Fault(), StringComparison.Ordinal);
        _folder.Write("token", " ");
        Assert.Contains("token is empty", Fault(), StringComparison.Ordinal);
    }

    private ApiAccess Load() => InCluster.Load(_variables.GetValueOrDefault, _folder.Path, new AccessTimes(_time));

    private string Fault() => Assert.Throws<KubernetesConfigException>(Load).Message;

    private static async Task<string?> TokenAsync(ApiAccess access) => (await access.Credentials.GetAuthenticationHeaderAsync(default))?.ToString();
}
