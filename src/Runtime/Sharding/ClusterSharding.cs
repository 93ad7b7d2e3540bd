using System.Collections.Concurrent;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Runs each entity of a type once, on demand, and finds it by its id. Stands for Akka.NET's extension <c>Akka.Cluster.Sharding.ClusterSharding</c>. All shards are local
/// unless <see cref="Join"/> is called first; then each is on the replica that holds its lease.
/// </summary>
public sealed class ClusterSharding
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Lazy<IActorRef>> _regions = new(StringComparer.Ordinal);
    private readonly ActorSystem _system;
    private ShardCluster? _cluster;

    private ClusterSharding(ActorSystem system) => _system = system;

    /// <summary>Stands for <c>ClusterSharding.Get</c>: one for each system, made when it is first asked for.</summary>
    public static ClusterSharding Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.RegisterExtension(static of => new ClusterSharding(of));
    }

    /// <summary>Takes part in a cluster of replicas, from now on. Akka.NET's counterpart is <c>Cluster.Join</c> with cluster sharding's lease settings.</summary>
    /// <param name="leases">What the replicas contend for; one for each shard.</param>
    /// <param name="transport">Reaches the other replicas.</param>
    /// <param name="settings">Who this replica is, and times.</param>
    /// <exception cref="InvalidOperationException">Called a second time, or after a region was started.</exception>
    public void Join(ILeaseStore leases, IShardTransport transport, ShardClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (_cluster is not null || !_regions.IsEmpty)
            throw new InvalidOperationException("A replica joins once, before it starts its first region.");
        var time = _system.Settings.TimeProvider;
        var fence = new ShardFence(time);
        var coordinator = _system.SystemActorOf(Props.Create(() => new ShardCoordinatorActor(leases, settings, fence, time)), "sharding-coordinator");
        _cluster = new ShardCluster(coordinator, transport, fence, settings, time);
    }

    /// <summary>Gives all shards to the other replicas, after their entities have stopped. Messages go on being handed to the others. Without a cluster there is nothing to do.</summary>
    /// <param name="timeout">Limit; what is not given back by then is taken by the others when its lease runs out.</param>
    /// <returns>Whether all were given back in time.</returns>
    public async Task<bool> LeaveAsync(TimeSpan timeout)
    {
        if (_cluster is null)
            return true;
        try
        {
            await _cluster.Coordinator.Ask<Left>(Leave.Instance, timeout).ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whether this replica may act for a shard at this moment; always, without a cluster. To be asked before everything that leaves a mark outside.</summary>
    public bool Holds(string shardId) => _cluster is null || _cluster.Fence.Holds(shardId);

    /// <summary>Stands for <c>ClusterSharding.Start</c> with a hand-off message. Called again for the same type it returns the region that is there.</summary>
    /// <param name="typeName">The type of entity; also names the region's actor.</param>
    /// <param name="entityPropsFactory">Makes the Props of an entity from its id; must not fail.</param>
    /// <param name="settings">How the shards behave.</param>
    /// <param name="messageExtractor">Tells for whom a message is; must not fail.</param>
    /// <param name="handOffStopMessage">What an entity wants to receive in order to stop itself when its shard moves; <c>PoisonPill</c> if null.</param>
    /// <returns>The region: whatever is told to it reaches the entity that the extractor names, started if need be, with the sender unchanged.</returns>
    public IActorRef Start(
        string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings, IMessageExtractor messageExtractor, object? handOffStopMessage = null)
    {
        ArgumentNullException.ThrowIfNull(entityPropsFactory);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messageExtractor);
        var services = new ShardRegionServices(typeName, entityPropsFactory, settings, messageExtractor, handOffStopMessage ?? PoisonPill.Instance, _cluster);
        var region = new Lazy<IActorRef>(() => _system.ActorOf(Props.Create<ShardRegionActor>(services), $"sharding-{ActorNames.Encode(typeName)}"));
        return _regions.GetOrAdd(typeName, region).Value;
    }

    /// <summary>Stands for <c>ClusterSharding.ShardRegion</c>.</summary>
    /// <exception cref="ArgumentException">No region of that type was started.</exception>
    public IActorRef ShardRegion(string typeName) => _regions.TryGetValue(typeName, out var region)
        ? region.Value
        : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));

    /// <summary>The other end of <see cref="IShardTransport.DeliverAsync"/>: hands a message of another replica to its entity, if that is here.</summary>
    /// <param name="typeName">The type of entity.</param>
    /// <param name="message">The message.</param>
    /// <param name="wantsReply">Whether the other replica waits for the entity's answer.</param>
    /// <param name="cancellationToken">Ends the waiting for the answer.</param>
    /// <returns>Taken or not here; the reply fails with an <see cref="AskTimeoutException"/> after 60 s.</returns>
    /// <exception cref="ArgumentException">No region of that type was started, or the message is for no entity of it.</exception>
    public async Task<ShardDelivery> ReceiveAsync(string typeName, object message, bool wantsReply, CancellationToken cancellationToken)
    {
        var region = ShardRegion(typeName);
        var isTaken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        FutureActorRef<object>? reply = null;
        if (wantsReply)
        {
            reply = new FutureActorRef<object>(_system, $"{message?.GetType()} to {region}");
            reply.LimitTo(ReplyTimeout, cancellationToken);
        }
        region.Tell(new Incoming(message!, isTaken), reply);
        return await isTaken.Task.WaitAsync(ReplyTimeout, _system.Settings.TimeProvider, cancellationToken).ConfigureAwait(false)
            ? new ShardDelivery.Taken(reply is null ? null : AnswerAsync(reply.Result))
            : ShardDelivery.NotHere.Instance;
    }

    private static async Task<object> AnswerAsync(Task<object> reply) => await reply.ConfigureAwait(false) is var answer && answer is Status.Failure failure ? throw failure.Cause : answer;
}
