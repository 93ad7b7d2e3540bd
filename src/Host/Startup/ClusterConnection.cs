using CacheMachine.Actors.RepoMen;
using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>The cluster and the registries that the service works on.</summary>
public sealed class ClusterConnection : IDisposable
{
    private readonly HostSettings _settings;
    private readonly TimeProvider _time;
    private readonly string? _podName;
    private RegistryClient? _registry;

    private ClusterConnection(HostSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        Kubernetes = KubernetesConnection.Open(settings.Kubernetes, time);
        _podName = settings.Kubernetes.Mode == KubernetesMode.InCluster
            ? PodIdentity.FindName(Environment.GetEnvironmentVariable, settings.PodInfoDirectory)
            : null;
    }

    /// <summary>The API of the cluster, and our namespace in it; ends with this.</summary>
    internal KubernetesConnection Kubernetes { get; }

    /// <summary>Which cluster, in words.</summary>
    public string Description => Kubernetes.ToString();

    /// <summary>Finds the cluster; nothing is asked of it yet.</summary>
    /// <exception cref="KubernetesConfigException">Its configuration is missing or faulty.</exception>
    public static ClusterConnection Open(HostSettings settings, TimeProvider time) => new(settings, time);

    /// <summary>The cluster, for the actors.</summary>
    internal KubernetesClusterApi Api(ILoggerFactory loggers) => new(
        Kubernetes, new PullOwner(_podName, loggers.CreateLogger<PullOwner>()), _settings.Kubernetes.PullSecret,
        new Sleeper(_settings.Pull.Sleeper, _podName, _time, loggers.CreateLogger<Sleeper>()));

    /// <summary>Where the replicas' Leases are.</summary>
    internal ILeaseStore Leases() => new KubernetesLeases(Kubernetes, TimeSpan.FromSeconds(3));

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
        Kubernetes.Dispose();
        _registry?.Dispose();
    }
}
