using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A cluster with a registry that the same scenarios run on: the simulated one, and a real one.</summary>
public abstract class ClusterUnderTest : IAsyncDisposable
{
    /// <summary>Where the service has its DaemonSets.</summary>
    internal const string Namespace = "cachemachine";

    private static readonly ListOptions Ours = new("cachemachine=pull");

    private KubernetesClient? _client;

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
        [.. (await Client.DaemonSets(Namespace).ListAsync(Ours, CancellationToken.None)).Items.Select(d => (d.Metadata.Name!, d.Metadata.Uid!))];

    /// <summary>The pull pods of the service.</summary>
    public async Task<IReadOnlyList<Pod>> PodsAsync() => (await Client.Pods(Namespace).ListAsync(Ours, CancellationToken.None)).Items;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the test started.</summary>
    protected abstract ValueTask StopAsync();

    internal KubernetesClient Client => _client ??= new KubernetesClient(KubernetesConfig.Load(Kubeconfig));
}
