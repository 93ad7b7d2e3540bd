using CacheMachine.Actors.RepoMen;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Settings;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Owners;

namespace CacheMachine.Host.Startup;

/// <summary>The cluster and the registries that the service works on.</summary>
public sealed class ClusterConnection : IDisposable
{
    private readonly HostSettings _settings;
    private readonly TimeProvider _time;
    private readonly string? _podName;
    private RegistryClient? _registry;

    private ClusterConnection(HostSettings settings, KubernetesConfig config, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        Namespace = settings.Kubernetes.Namespace ?? config.Namespace;
        Client = new KubernetesClient(config, new KubernetesClientOptions { Time = time });
        Description = config.ToString();
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

    /// <summary>Finds the cluster; nothing is asked of it yet.</summary>
    /// <exception cref="KubernetesConfigException">Its configuration is missing or faulty.</exception>
    public static ClusterConnection Open(HostSettings settings, TimeProvider time)
    {
        var kubernetes = settings.Kubernetes;
        var config = kubernetes.Mode == KubernetesMode.InCluster
            ? InClusterConfig.Load(ConfigEnvironment.Process)
            : KubernetesConfig.Load(kubernetes.Kubeconfig, kubernetes.Context);
        return new ClusterConnection(settings, config, time);
    }

    /// <summary>The cluster, for the actors.</summary>
    public KubernetesClusterApi Api(ILoggerFactory loggers) => new(
        Client, Namespace, new PullOwner(_podName, loggers.CreateLogger<PullOwner>()), _settings.Kubernetes.PullSecret,
        new Sleeper(_settings.Pull.Sleeper, _podName, _time, loggers.CreateLogger<Sleeper>()), _time);

    /// <summary>The registries, for the actors.</summary>
    public IRegistry Registries(ILoggerFactory loggers)
    {
        var options = _settings.Registry.ToOptions();
        _registry = new RegistryClient(options, _time, loggers.CreateLogger<RegistryClient>());
        return new RegistryApi(_registry, _time);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        Client.Dispose();
        _registry?.Dispose();
    }
}
