using CacheMachine.Actors.RepoMen;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Settings;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Owners;
using CacheMachine.Simulator;

namespace CacheMachine.Host.Startup;

/// <summary>The cluster and the registries that the service works on; where they are simulated, they are in here.</summary>
public sealed class ClusterConnection : IAsyncDisposable
{
    /// <summary>The repository of the example.</summary>
    public const string ExampleRepository = "lsstsqre/sciplat-lab";

    internal const string DefaultNamespace = "cachemachine";

    private readonly HostSettings _settings;
    private readonly TimeProvider _time;
    private readonly string? _podName;
    private RegistryClient? _registry;

    private ClusterConnection(HostSettings settings, KubernetesConfig config, SimulatedCluster? simulator, TimeProvider time)
    {
        (_settings, Simulator, _time) = (settings, simulator, time);
        Namespace = settings.Kubernetes.Namespace ?? config.Namespace;
        Client = new KubernetesClient(config, new KubernetesClientOptions { Time = time });
        Description = simulator is null ? config.ToString() : $"a simulated cluster of {simulator.Options.Nodes} nodes and a registry at {simulator.Registry.Host}";
        _podName = settings.Kubernetes.Mode == KubernetesMode.InCluster
            ? PodIdentity.FindName(Environment.GetEnvironmentVariable, settings.PodInfoDirectory)
            : null;
    }

    /// <summary>The API of the cluster; ends with the connection.</summary>
    internal KubernetesClient Client { get; }

    /// <summary>Our namespace.</summary>
    internal string Namespace { get; }

    /// <summary>Which cluster, in words.</summary>
    public string Description { get; }

    /// <summary>The simulated cluster; null for a real one.</summary>
    public SimulatedCluster? Simulator { get; }

    /// <summary>Finds the cluster, or starts one.</summary>
    /// <exception cref="KubernetesConfigException">No cluster is found, or its configuration is faulty.</exception>
    public static async Task<ClusterConnection> OpenAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var kubernetes = settings.Kubernetes;
        var simulator = kubernetes.Mode == KubernetesMode.Simulator ? await SimulateAsync(settings, settings.Http.Port, time, cancellationToken) : null;
        var config = kubernetes.Mode switch
        {
            KubernetesMode.Simulator => new KubernetesConfig { Server = simulator!.ApiServerUri, Namespace = DefaultNamespace, Source = "the simulator" },
            KubernetesMode.InCluster => InClusterConfig.Load(ConfigEnvironment.Process),
            _ => KubernetesConfig.Load(kubernetes.Kubeconfig, kubernetes.Context),
        };
        return new ClusterConnection(settings, config, simulator, time);
    }

    /// <summary>The cluster, for the actors.</summary>
    public KubernetesClusterApi Api(ILoggerFactory loggers) => new(
        Client, Namespace, new PullOwner(_podName, loggers.CreateLogger<PullOwner>()), _settings.Kubernetes.PullSecret,
        new Sleeper(_settings.Pull.Sleeper, _podName, _time, loggers.CreateLogger<Sleeper>()), _time);

    /// <summary>The registries, for the actors.</summary>
    public IRegistry Registries(ILoggerFactory loggers)
    {
        var options = _settings.Registry.ToOptions(Simulator is null ? [] : [Simulator.Registry.Host]);
        _registry = new RegistryClient(options, _time, loggers.CreateLogger<RegistryClient>());
        return new RegistryApi(_registry, _time);
    }

    /// <summary>Closes the connections, and ends the simulated cluster, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _registry?.Dispose();
        if (Simulator is not null)
            await Simulator.DisposeAsync();
    }

    /// <summary>Starts a cluster. Its registry listens beside the API where it can, so that images keep their names from one start to the next.</summary>
    internal static async Task<SimulatedCluster> SimulateAsync(HostSettings settings, int lastPort, TimeProvider time, CancellationToken cancellationToken)
    {
        var beside = lastPort is > 0 and < 65535 ? lastPort + 1 : 0;
        SimulatedCluster simulator;
        try
        {
            simulator = await SimulatedCluster.StartAsync(Options(settings, time, beside), cancellationToken);
        }
        catch (IOException) when (beside > 0)
        {
            simulator = await SimulatedCluster.StartAsync(Options(settings, time, 0), cancellationToken);
        }
        RubinDemo.Seed(simulator.Registry, ExampleRepository);
        return simulator;
    }

    private static SimulatedClusterOptions Options(HostSettings settings, TimeProvider time, int registryPort) => new()
    {
        Nodes = settings.Simulator.Nodes,
        Namespaces = [DefaultNamespace, .. new[] { settings.Kubernetes.Namespace }.OfType<string>().Where(ns => ns is not (DefaultNamespace or "default"))],
        RegistryPort = registryPort,
        TimeProvider = time,
    };
}
