using System.Net;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Tests.Peers;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Runtime.TestKit;
using CacheMachine.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Adapters.Leases;

/// <summary>The double that other tests use behaves as a real store.</summary>
public sealed class MemoryLeaseConformance : LeaseStoreConformance
{
    protected override Task<ILeaseTarget> StartAsync() => Task.FromResult<ILeaseTarget>(new Target());

    private sealed class Target : ILeaseTarget
    {
        private readonly MemoryLeases _leases = new();

        public Target() => Other = _leases.Another();

        public ILeaseStore Leases => _leases;

        public ILeaseStore Other { get; }

        public Task BreakWatchesAsync()
        {
            _leases.Fail = "cut off";
            _leases.Fail = null;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Kubernetes leases on the simulator.</summary>
public sealed class SimulatorLeaseConformance : LeaseStoreConformance
{
    protected override async Task<ILeaseTarget> StartAsync()
    {
        var cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        return new Target(cluster, new KubernetesConfig { Server = cluster.ApiServerUri, Namespace = "cachemachine" });
    }

    private sealed class Target(SimulatedCluster cluster, KubernetesConfig config) : KubernetesTarget(config)
    {
        // The list comes first: the watch may be about to begin.
        public override async Task BreakWatchesAsync()
        {
            var began = TimeProvider.System.GetTimestamp();
            while (cluster.Faults.BreakWatches() == 0)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "no watch has begun");
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await cluster.DisposeAsync();
        }
    }
}

/// <summary>Kubernetes leases on a real cluster: <c>CACHEMACHINE_TEST_KUBECONFIG</c> names its kubeconfig. See tests/cluster.</summary>
[Trait("Category", "RealCluster")]
public sealed class RealClusterLeaseConformance : LeaseStoreConformance
{
    private const string Variable = "CACHEMACHINE_TEST_KUBECONFIG";

    protected override Task<ILeaseTarget> StartAsync()
    {
        var file = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException(
                $"{Variable} is not set: this suite needs a real cluster. tests/cluster brings one up; or leave these tests out with --filter Category!=RealCluster.");
        var config = KubernetesConfig.Load(file, null);
        var proxy = new TcpProxy { To = IPEndPoint.Parse(config.Server.Authority) };
        return Task.FromResult<ILeaseTarget>(new Target(proxy, new KubernetesConfig
        {
            Server = new Uri($"https://127.0.0.1:{proxy.Port}"),
            Tls = config.Tls,
            Credentials = config.Credentials,
            Namespace = config.Namespace,
        }));
    }

    /// <summary>All connections go through a proxy, which can cut them.</summary>
    private sealed class Target(TcpProxy proxy, KubernetesConfig config) : KubernetesTarget(config)
    {
        public override Task BreakWatchesAsync()
        {
            proxy.Cut();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await proxy.DisposeAsync();
        }
    }
}

/// <summary>Two clients with a cluster name of their own, so that many tests can share a namespace.</summary>
internal abstract class KubernetesTarget : ILeaseTarget
{
    private readonly KubernetesClient _client;
    private readonly KubernetesClient _other;

    protected KubernetesTarget(KubernetesConfig config)
    {
        (_client, _other) = (new KubernetesClient(config), new KubernetesClient(config));
        (Leases, Other) = (LeasesOf(_client, config.Namespace), LeasesOf(_other, config.Namespace));
    }

    public ILeaseStore Leases { get; }

    public ILeaseStore Other { get; }

    private string Cluster { get; } = $"conformance-{Guid.NewGuid():N}"[..20];

    public abstract Task BreakWatchesAsync();

    public virtual async ValueTask DisposeAsync()
    {
        var leases = _client.Leases(_client.Config.Namespace);
        foreach (var left in (await leases.ListAsync(new ListOptions($"cachemachine-cluster={Cluster}"), default)).Items)
            await leases.DeleteAsync(left.Metadata.Name!, null, default);
        _client.Dispose();
        _other.Dispose();
    }

    private KubernetesLeases LeasesOf(KubernetesClient client, string ns) => new(
        client, ns, Cluster, new PullOwner(null, NullLogger<PullOwner>.Instance), TimeSpan.FromSeconds(10), TimeProvider.System, NullLogger<KubernetesLeases>.Instance);
}
