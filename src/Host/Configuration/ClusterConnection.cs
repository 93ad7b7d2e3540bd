using CacheMachine.Actors.Ports;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Owners;
using CacheMachine.Registry;
using CacheMachine.Simulator;

namespace CacheMachine.Host.Configuration;

/// <summary>The cluster and the registries that the service works on; where they are simulated, they are in here.</summary>
public sealed class ClusterConnection : IAsyncDisposable
{
    /// <summary>The repository of the example.</summary>
    public const string ExampleRepository = "lsstsqre/sciplat-lab";

    internal const string DefaultNamespace = "cachemachine";

    private readonly RegistryClient _registry;

    private ClusterConnection(
        KubernetesClient client, RegistryClient registry, string ns, PullOwner owner, IClusterApi cluster, SimulatedCluster? simulator, TimeProvider time)
    {
        (Client, _registry, Namespace, Owner, Cluster, Simulator) = (client, registry, ns, owner, cluster, simulator);
        Description = simulator is null ? client.Config.ToString() : $"a simulated cluster of {simulator.Options.Nodes} nodes and a registry at {simulator.Registry.Host}";
        Registry = new RegistryApi(registry, time);
    }

    /// <summary>The cluster.</summary>
    public IClusterApi Cluster { get; }

    /// <summary>The API of the cluster; ends with the connection.</summary>
    internal KubernetesClient Client { get; }

    /// <summary>Our namespace.</summary>
    internal string Namespace { get; }

    /// <summary>What our objects in the cluster belong to.</summary>
    internal PullOwner Owner { get; }

    /// <summary>Which cluster, in words.</summary>
    public string Description { get; }

    /// <summary>The registries.</summary>
    public IRegistryApi Registry { get; }

    /// <summary>The simulated cluster; null for a real one.</summary>
    public SimulatedCluster? Simulator { get; }

    /// <summary>Finds the cluster, or starts one.</summary>
    /// <exception cref="KubernetesConfigException">No cluster is found, or its configuration is faulty.</exception>
    public static async Task<ClusterConnection> OpenAsync(
        HostSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var kubernetes = settings.Kubernetes;
        var simulator = kubernetes.Mode == KubernetesMode.Simulator ? await SimulateAsync(settings, settings.Http.Port, time, cancellationToken) : null;
        var config = kubernetes.Mode switch
        {
            KubernetesMode.Simulator => new KubernetesConfig { Server = simulator!.ApiServerUri, Namespace = DefaultNamespace, Source = "the simulator" },
            KubernetesMode.InCluster => InClusterConfig.Load(ConfigEnvironment.Process),
            _ => KubernetesConfig.Load(kubernetes.Kubeconfig, kubernetes.Context),
        };
        var ns = kubernetes.Namespace ?? config.Namespace;
        var client = new KubernetesClient(config, new KubernetesClientOptions { Time = time });
        var podName = kubernetes.Mode == KubernetesMode.InCluster
            ? PodIdentity.FindName(Environment.GetEnvironmentVariable, settings.PodInfoDirectory)
            : null;
        var owner = new PullOwner(podName, loggers.CreateLogger<PullOwner>());
        var sleeper = new Sleeper(settings.Pull.Sleeper, podName, time, loggers.CreateLogger<Sleeper>());
        var registry = new RegistryClient(
            new RegistryOptions
            {
                InsecureHosts = simulator is null ? settings.Registry.InsecureHosts : [.. settings.Registry.InsecureHosts, simulator.Registry.Host],
                DockerConfigPath = settings.Registry.CredentialsFile,
                RequestTimeout = settings.Registry.Timeout,
            },
            time, loggers.CreateLogger<RegistryClient>());
        return new ClusterConnection(
            client, registry, ns, owner, new KubernetesClusterApi(client, ns, owner, kubernetes.PullSecret, sleeper, time), simulator, time);
    }

    /// <summary>Closes the connections, and ends the simulated cluster, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _registry.Dispose();
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
