using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Simulator;
using k8s;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Who owns what we make, and what is told of it, on the simulator's API.</summary>
public sealed class PullOwnerTests : IAsyncLifetime, IDisposable
{
    private const string Ns = Connections.Namespace;

    private readonly PullNews _news = new("m-0123456789", "PullFailed", "m: the image cannot be pulled", true);
    private SimulatedCluster _cluster = null!;
    private KubernetesConnection _kubernetes = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        _kubernetes = Connections.To(_cluster);
        _http = new HttpClient { BaseAddress = _cluster.ApiServerUri };
    }

    public void Dispose()
    {
        _kubernetes.Dispose();
        _http.Dispose();
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task The_Deployment_that_runs_us_owns_the_DaemonSet_and_has_the_events()
    {
        var deployment = await MakeAsync("apis/apps/v1", "Deployment", "service", null);
        var replicaSet = await MakeAsync("apis/apps/v1", "ReplicaSet", "service-1", deployment);
        await MakeAsync("api/v1", "Pod", "service-1-x", replicaSet);
        var api = _kubernetes.Api("service-1-x");

        await api.EnsurePullAsync(Orders.Plain("x:y"), default);
        var made = Assert.Single((await _kubernetes.Client.AppsV1.ListNamespacedDaemonSetAsync(Ns)).Items);
        var owner = Assert.Single(made.Metadata.OwnerReferences!);
        Assert.Equal(("apps/v1", "Deployment", "service", (string)deployment["metadata"]!["uid"]!), (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid));

        await api.TellAsync(_news, default);
        var told = Assert.Single((await _kubernetes.Client.CoreV1.ListNamespacedEventAsync(Ns)).Items);
        Assert.Equal(("Deployment", "service", "Warning", "PullFailed"), (told.InvolvedObject.Kind, told.InvolvedObject.Name, told.Type, told.Reason));
        Assert.Equal(_news.Message, told.Message);
    }

    [Fact]
    public async Task Outside_of_a_pod_there_is_no_owner_and_the_DaemonSet_has_the_events()
    {
        var api = _kubernetes.Api();
        await api.EnsurePullAsync(Orders.Plain("x:y"), default);
        Assert.Null(Assert.Single((await _kubernetes.Client.AppsV1.ListNamespacedDaemonSetAsync(Ns)).Items).Metadata.OwnerReferences);

        await api.TellAsync(_news with { IsWarning = false, Message = new string('x', 2000) }, default);
        var told = Assert.Single((await _kubernetes.Client.CoreV1.ListNamespacedEventAsync(Ns)).Items);
        Assert.Equal(("DaemonSet", "m-0123456789", "Normal", 1024), (told.InvolvedObject.Kind, told.InvolvedObject.Name, told.Type, told.Message!.Length));
    }

    private async Task<JsonNode> MakeAsync(string group, string kind, string name, JsonNode? controller)
    {
        var labels = new JsonObject { ["run"] = "service" };
        var pod = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }), ["nodeName"] = "n1" };
        var body = new JsonObject
        {
            ["apiVersion"] = group.Replace("apis/", "", StringComparison.Ordinal).Replace("api/", "", StringComparison.Ordinal),
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels },
            ["spec"] = kind == "Pod" ? pod : new JsonObject
            {
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() }, ["spec"] = pod },
            },
        };
        if (controller is not null)
        {
            body["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = (string?)controller["apiVersion"],
                ["kind"] = (string?)controller["kind"],
                ["name"] = (string?)controller["metadata"]!["name"],
                ["uid"] = (string?)controller["metadata"]!["uid"],
                ["controller"] = true,
            });
        }
        using var answer = await _http.PostAsJsonAsync($"{group}/namespaces/{Ns}/{kind.ToLowerInvariant()}s", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
