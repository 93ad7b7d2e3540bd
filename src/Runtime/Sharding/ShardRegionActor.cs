using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// The entry to all entities of one type: finds the shard of a message and hands the message on with its sender. Stands for Akka.NET's
/// <c>Akka.Cluster.Sharding.ShardRegion</c>.
/// </summary>
internal sealed class ShardRegionActor : ReceiveActor
{
    private readonly Dictionary<string, IActorRef> _shards = new(StringComparer.Ordinal);
    private readonly Func<string, Props> _entityProps;
    private readonly ClusterShardingSettings _settings;
    private readonly IMessageExtractor _extractor;

    public ShardRegionActor(Func<string, Props> entityProps, ClusterShardingSettings settings, IMessageExtractor extractor)
    {
        (_entityProps, _settings, _extractor) = (entityProps, settings, extractor);
        ReceiveAny(Route);
    }

    private void Route(object message)
    {
        if (_extractor.EntityId(message) is not { Length: > 0 } entityId || _extractor.EntityMessage(message) is not { } payload)
            Unhandled(message);
        else
            HomeOf(_extractor.ShardId(entityId, message)).Forward(new ShardActor.Deliver(entityId, payload));
    }

    /// <summary>Who runs a shard. Every shard is at home here; a shard that another replica owns would have that replica's address here, and one without an owner a queue.</summary>
    private IActorRef HomeOf(string shardId)
    {
        if (!_shards.TryGetValue(shardId, out var shard))
            _shards[shardId] = shard = Context.ActorOf(Props.Create<ShardActor>(_entityProps, _settings), ActorNames.Encode(shardId));
        return shard;
    }
}
