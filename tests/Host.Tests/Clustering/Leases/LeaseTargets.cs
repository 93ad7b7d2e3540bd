using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
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
        return new KubernetesTarget(new ApiAccess(cluster.ApiServerUri, "cachemachine", "the test"), cluster);
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
        var access = new Kubeconfig(file, new AccessTimes(TimeProvider.System)).Load(null) with { Namespace = "cachemachine" };
        return Task.FromResult<ILeaseTarget>(new KubernetesTarget(access, null));
    }
}

/// <summary>Two clients.</summary>
internal sealed class KubernetesTarget(ApiAccess access, SimulatedCluster? simulator) : ILeaseTarget
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly KubernetesConnection _connection = new(access, TimeProvider.System);
    private readonly KubernetesConnection _other = new(access, TimeProvider.System);

    public ILeaseStore Leases => new KubernetesLeases(_connection, Patience);

    public ILeaseStore Other => new KubernetesLeases(_other, Patience);

    public async Task DeleteAsync(string name)
    {
        try
        {
            await _connection.Client.CoordinationV1.DeleteNamespacedLeaseAsync(name, _connection.Namespace);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // As it should be.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _other.Dispose();
        if (simulator is not null)
            await simulator.DisposeAsync();
    }
}
