using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using k8s;
using k8s.Models;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A cluster with a registry that the same scenarios run on: the simulated one, and a real one.</summary>
public abstract class ClusterUnderTest : IAsyncDisposable
{
    /// <summary>Where the service has its DaemonSets.</summary>
    internal const string Namespace = "cachemachine";

    private const string Ours = "cachemachine=pull";

    private KubernetesConnection? _connection;

    /// <summary>Kubeconfig for the service.</summary>
    public abstract string Kubeconfig { get; }

    /// <summary>host:port of the registry.</summary>
    public abstract string Registry { get; }

    /// <summary>How long the whole Rubin machine may take.</summary>
    public TimeSpan Soon { get; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Flags(string data) =>
        ["--data", data, "--kubeconfig", Kubeconfig, "--namespace", Namespace, "--insecure-registry", Registry];

    /// <summary>The names of the nodes that anybody's pods may run on, in their order.</summary>
    public abstract IReadOnlyList<string> Nodes { get; }

    /// <summary>How many nodes there are, with those that are cordoned or tainted.</summary>
    public virtual int AllNodes => Nodes.Count;

    /// <summary>Makes an image; returns its digest.</summary>
    public abstract Task<string> PushAsync(string repository, string tag, bool shell = true);

    /// <summary>The name of an image whose pull takes longer than the test; another one for another repository.</summary>
    public abstract string SlowImage(string repository = "slow/image");

    /// <summary>Its pull fails now.</summary>
    public abstract void EndSlowImage();

    /// <summary>The DaemonSets of the service, as name and uid.</summary>
    public async Task<IReadOnlyList<(string Name, string Uid)>> DaemonSetsAsync() =>
        [.. (await Client.AppsV1.ListNamespacedDaemonSetAsync(Namespace, labelSelector: Ours)).Items.Select(d => (d.Metadata.Name, d.Metadata.Uid))];

    /// <summary>The pull pods of the service.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync() => [.. (await Client.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: Ours)).Items];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the test started.</summary>
    protected abstract ValueTask StopAsync();

    /// <summary>The API server, as the one that the kubeconfig names.</summary>
    internal KubernetesConnection Connection => _connection ??=
        new KubernetesConnection(new Kubeconfig(Kubeconfig, new AccessTimes(TimeProvider.System)).Load(null), TimeProvider.System);

    internal IKubernetes Client => Connection.Client;
}
