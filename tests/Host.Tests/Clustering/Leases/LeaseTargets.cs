using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Simulator;
using k8s;
using k8s.Autorest;

namespace CacheMachine.Host.Tests.Clustering.Leases;

/// <summary>The double that other tests use behaves as a real store.</summary>
public sealed class MemoryLeaseConformance : LeaseStoreConformance
{
    private protected override Task<ILeaseTarget> StartAsync() => Task.FromResult<ILeaseTarget>(new Target());

    private sealed class Target : ILeaseTarget
    {
        private readonly MemoryLeases _leases = new();

        public ILeaseStore Leases => _leases;

        public ILeaseStore Other => _leases;

        public Task DeleteAsync(string name)
        {
            _leases.Delete(name);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Kubernetes' Leases on the simulator.</summary>
public sealed class SimulatorLeaseConformance : LeaseStoreConformance
{
    private protected override async Task<ILeaseTarget> StartAsync()
    {
        var cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        return new KubernetesTarget(new KubernetesClientConfiguration { Host = cluster.ApiServerUri.AbsoluteUri }, cluster);
    }
}

/// <summary>Kubernetes' Leases on a real cluster: <c>CACHEMACHINE_TEST_KUBECONFIG</c> names its kubeconfig. See tests/cluster.</summary>
[Trait("Category", "RealCluster")]
public sealed class RealClusterLeaseConformance : LeaseStoreConformance
{
    private const string Variable = "CACHEMACHINE_TEST_KUBECONFIG";

    private protected override Task<ILeaseTarget> StartAsync()
    {
        var file = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException(
                $"{Variable} is not set: this suite needs a real cluster. tests/cluster brings one up; or leave these tests out with --filter Category!=RealCluster.");
        return Task.FromResult<ILeaseTarget>(new KubernetesTarget(KubernetesClientConfiguration.BuildConfigFromConfigFile(file), null));
    }
}

/// <summary>Two clients.</summary>
internal sealed class KubernetesTarget(KubernetesClientConfiguration configuration, SimulatedCluster? simulator) : ILeaseTarget
{
    private const string Namespace = "cachemachine";

    private readonly k8s.Kubernetes _client = new(configuration);
    private readonly k8s.Kubernetes _other = new(configuration);

    public ILeaseStore Leases => Of(_client);

    public ILeaseStore Other => Of(_other);

    public async Task DeleteAsync(string name)
    {
        try
        {
            await _client.CoordinationV1.DeleteNamespacedLeaseAsync(name, Namespace);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // As it should be.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _other.Dispose();
        if (simulator is not null)
            await simulator.DisposeAsync();
    }

    private static KubernetesLeases Of(k8s.Kubernetes client) => new(client, Namespace, TimeSpan.FromSeconds(20), TimeProvider.System);
}
