using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Control;
using CacheMachine.Simulator.Kubelets;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator;

/// <summary>
/// A Kubernetes cluster and a container registry in this process, which speak their real HTTP APIs on 127.0.0.1: for the demo, the tests and
/// the scale bench. Its fidelity is held by the conformance suite, which runs on a real cluster as well.
/// </summary>
public sealed class SimulatedCluster : IAsyncDisposable
{
    internal static readonly string[] FixedNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    private readonly ApiServer _api;
    private readonly ControlLoop[] _loops;

    private SimulatedCluster(SimulatedClusterOptions options)
    {
        Options = options;
        Resources = new ResourceService(new ObjectStore(options.WatchHistory), new Names(options.Seed), options.TimeProvider, options.Release);
        Registry = new SimulatedRegistry(options.RegistryPort, options.TimeProvider);
        Fleet = new KubeletFleet(new KubeletContext(Resources, Registry, options));
        _loops =
        [
            Fleet, new NodeLifecycle(Resources), new Scheduler(Resources), new DaemonSetController(Resources), new GarbageCollector(Resources),
        ];
        _api = new ApiServer(Resources, options.ApiPort, options.ApiToken, options.BookmarkInterval, Trouble);
    }

    /// <summary>What the cluster was started with.</summary>
    public SimulatedClusterOptions Options { get; }

    /// <summary>Where the API server listens: <c>http://127.0.0.1:PORT</c>.</summary>
    public Uri ApiServerUri => _api.Uri;

    /// <summary>The registry that the nodes pull from.</summary>
    public SimulatedRegistry Registry { get; }

    /// <summary>What goes wrong with the API server on command.</summary>
    public Faults Faults => _api.Faults;

    /// <summary>The requests that the API server got.</summary>
    public RequestCounters Requests => _api.Requests;

    internal ResourceService Resources { get; }

    internal KubeletFleet Fleet { get; }

    /// <summary>Starts API server, registry, controllers and nodes. When it returns, all nodes are registered and ready.</summary>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<SimulatedCluster> StartAsync(SimulatedClusterOptions? options = null, CancellationToken cancel = default)
    {
        var cluster = new SimulatedCluster(options ?? new SimulatedClusterOptions());
        try
        {
            foreach (var name in FixedNamespaces.Concat(cluster.Options.Namespaces))
                cluster.Resources.Create(ResourceType.Namespaces, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
            await cluster.Registry.StartAsync(cancel).ConfigureAwait(false);
            foreach (var loop in cluster._loops)
                loop.Start();
            for (var number = 1; number <= cluster.Options.Nodes; number++)
            {
                cancel.ThrowIfCancellationRequested();
                cluster.Fleet.Join($"n{number}", cluster.Options.NodeLabels);
            }

            await cluster._api.StartAsync(cancel).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The node of this name; whether it exists is checked when something is done to it.</summary>
    public SimulatedNode Node(string name) => new(this, name);

    /// <summary>The names of all nodes, in the order of their names.</summary>
    public IReadOnlyList<string> NodeNames => [.. Resources.Store.Snapshot(ResourceType.Nodes).Items.Select(node => node.Name)];

    /// <summary>A new machine joins the cluster.</summary>
    public SimulatedNode AddNode(string name, IReadOnlyDictionary<string, string>? labels = null)
    {
        Fleet.Join(name, labels ?? new Dictionary<string, string>());
        return Node(name);
    }

    /// <summary>A machine leaves for good: its Node object is deleted, and its pods with it.</summary>
    public void RemoveNode(string name)
    {
        Fleet.Leave(name);
        Resources.Delete(ResourceType.Nodes, "", name, new DeleteOptions());
    }

    /// <summary>Writes a kubeconfig for <see cref="ApiServerUri"/> that only its owner may read; whoever finds it finds all of it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteKubeconfig(string path)
    {
        // Clients refuse a user without credentials, also where the server wants none.
        var user = new JsonObject { ["token"] = Options.ApiToken ?? "any" };
        var ns = Options.Namespaces.Count > 0 ? Options.Namespaces[0] : "default";
        // JSON is YAML, and needs no quoting rules.
        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject
            {
                ["name"] = "simulator",
                ["cluster"] = new JsonObject { ["server"] = ApiServerUri.ToString().TrimEnd('/') },
            }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "simulator", ["user"] = user }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = "simulator",
                ["context"] = new JsonObject { ["cluster"] = "simulator", ["user"] = "simulator", ["namespace"] = ns },
            }),
            ["current-context"] = "simulator",
        };
        PrivateFile.Write(path, config.ToJsonString() + "\n");
    }

    /// <summary>Forgets all history, as etcd's compaction does: older watches and continue tokens get 410.</summary>
    public void Compact() => Resources.Store.Compact();

    /// <summary>Stops everything, and fails if a controller of the simulator had failed.</summary>
    public async ValueTask DisposeAsync()
    {
        Fleet.StopTimers();
        await _api.DisposeAsync().ConfigureAwait(false);
        await Registry.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops.Select(loop => loop.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    internal void Recreate(string name)
    {
        var labels = Resources.Store.Get(ResourceType.Nodes, "", name)?.Labels
            ?? throw new InvalidOperationException($"the cluster has no node {name}");
        Resources.Delete(ResourceType.Nodes, "", name, new DeleteOptions());
        Fleet.On(name, kubelet => kubelet.Wipe());
        Fleet.Join(name, labels);
    }

    private string? Trouble() =>
        _loops.Select(loop => loop.Failure).OfType<Exception>().Select(failure => $"a controller has failed: {failure.Message}").FirstOrDefault();
}
