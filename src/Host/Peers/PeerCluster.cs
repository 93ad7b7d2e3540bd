using System.Net;
using CacheMachine.Actors;
using CacheMachine.Actors.Wire;
using CacheMachine.Host.Configuration.Settings;

namespace CacheMachine.Host.Peers;

/// <summary>This replica's part in the cluster: it listens to the others, and contends for shards.</summary>
internal sealed class PeerCluster : IAsyncDisposable
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    private readonly PeerServer _server;
    private readonly PeerClient _client;
    private readonly ClusterSharding _sharding;

    private PeerCluster(PeerServer server, PeerClient client, ClusterSharding sharding) => (_server, _client, _sharding) = (server, client, sharding);

    /// <summary>Begins to listen, and joins. To be called before the first region is started.</summary>
    /// <exception cref="PeerConfigException">The key or the certificates cannot be used, or our address is not known.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<PeerCluster> JoinAsync(
        HostSettings settings, ActorSystem system, ILeaseStore leases, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = settings.Cluster;
        var keys = new PeerKeys(cluster.KeyFile!, time, loggers.CreateLogger<PeerKeys>());
        var tls = cluster.Tls is { } files ? new PeerTls(files, time, loggers.CreateLogger<PeerTls>()) : null;
        var codec = new MessageCodec();
        var sharding = ClusterSharding.Get(system);
        var server = await PeerServer.StartAsync(
            new IPEndPoint(cluster.BindAddress, cluster.Port),
            port => PeerAddress.Of(
                cluster, settings.Kubernetes.InCluster, settings.PodInfoDirectory, Environment.GetEnvironmentVariable, port, Guid.NewGuid().ToString("N")[..8]),
            keys, tls, codec, sharding.ReceiveAsync, loggers, time, cancellationToken);
        var client = new PeerClient(keys, tls, codec, time);
        sharding.Join(leases, client, new ShardClusterSettings(Replica(cluster), server.Address, cluster.Shards)
        {
            LeaseDuration = cluster.LeaseDuration,
            RenewEvery = cluster.RenewEvery,
            HoldMessagesFor = cluster.HoldMessages,
            HoldAtMost = cluster.Buffer,
            IsSafeToRepeat = message => message is IQuestion,
        });
        return new PeerCluster(server, client, sharding);
    }

    /// <summary>Gives all shards to the others, within 10 s.</summary>
    public Task LeaveAsync() => _sharding.LeaveAsync(LeaveTimeout);

    /// <summary>Closes the connections with the others.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
    }

    // Part of the name of a Lease, which is a DNS subdomain.
    private static string Replica(ClusterSettings settings) =>
        string.Concat((settings.Replica ?? Environment.MachineName).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-')).Trim('-', '.');
}
