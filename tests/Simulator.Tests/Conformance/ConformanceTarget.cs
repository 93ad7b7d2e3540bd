using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>
/// A cluster that the suite runs against: its API, a namespace of its own on it, and a registry with <c>conformance/shell:1</c> and
/// <c>conformance/noshell:1</c> that its nodes can pull from.
/// </summary>
public abstract class ConformanceTarget : IAsyncLifetime
{
    public Api Api { get; protected set; } = null!;

    public string Namespace { get; } = "conformance-" + Guid.NewGuid().ToString("N")[..8];

    /// <summary>host:port, as image names start with.</summary>
    public string Registry { get; protected set; } = "";

    /// <summary>The names of ready nodes without taints.</summary>
    public IReadOnlyList<string> Nodes { get; protected set; } = [];

    /// <summary>The release whose words are expected; null where each release's will do, as a real cluster may be of any.</summary>
    public virtual KubernetesRelease? Release => null;

    /// <summary>How long a node may take to report a pulled image.</summary>
    public abstract TimeSpan ReportWithin { get; }

    public string Leases => $"/apis/coordination.k8s.io/v1/namespaces/{Namespace}/leases";

    public string DaemonSets => $"/apis/apps/v1/namespaces/{Namespace}/daemonsets";

    public string Pods => $"/api/v1/namespaces/{Namespace}/pods";

    public string ConfigMaps => $"/api/v1/namespaces/{Namespace}/configmaps";

    public string Events => $"/api/v1/namespaces/{Namespace}/events";

    /// <summary>An image of the registry, as <c>shell:1</c>.</summary>
    public string Image(string name) => $"{Registry}/conformance/{name}";

    /// <summary>
    /// Lets the cluster forget its watch history. False where it cannot be asked to: a young real cluster still knows its first version.
    /// </summary>
    public virtual bool ForgetHistory() => false;

    /// <summary>Fails unless a text is worded as the target's release does, or, where that is open, as one of them does.</summary>
    public void AssertWords(string in120, string in136, string actual)
    {
        var allowed = KubernetesRelease.All.Where(release => Release is null || release == Release)
            .Select(release => release == KubernetesRelease.Kubernetes120 ? in120 : in136);
        Assert.Contains(actual, allowed);
    }

    public async Task InitializeAsync()
    {
        await ConnectAsync();
        await Api.Ok("POST", "/api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = Namespace } });
        Nodes = [.. (await Api.Get("/api/v1/nodes")).Items().Where(IsFree).Select(node => node.Name())];
        await PrepareAsync();
    }

    public async Task DisposeAsync()
    {
        if (Api is not null)
        {
            await Api.Ok("DELETE", $"/api/v1/namespaces/{Namespace}");
            Api.Dispose();
        }

        await DisconnectAsync();
    }

    protected abstract Task ConnectAsync();

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual Task DisconnectAsync() => Task.CompletedTask;

    private static bool IsFree(JsonNode node) =>
        node["spec"]?["taints"] is null
        && node["spec"]?["unschedulable"] is null
        && node["status"]!["conditions"]!.AsArray().Any(c => c!.String("type") == "Ready" && c!.String("status") == "True");
}
