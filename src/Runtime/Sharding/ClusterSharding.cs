using System.Collections.Concurrent;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Runs each entity of a type once, on demand, and finds it by its id. Stands for Akka.NET's extension <c>Akka.Cluster.Sharding.ClusterSharding</c>. All shards are local:
/// the region is the place where that can change without its users noticing.
/// </summary>
public sealed class ClusterSharding
{
    private readonly ConcurrentDictionary<string, Lazy<IActorRef>> _regions = new(StringComparer.Ordinal);
    private readonly ActorSystem _system;

    private ClusterSharding(ActorSystem system) => _system = system;

    /// <summary>Stands for <c>ClusterSharding.Get</c>: one for each system, made when it is first asked for.</summary>
    public static ClusterSharding Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.RegisterExtension(static of => new ClusterSharding(of));
    }

    /// <summary>Stands for <c>ClusterSharding.Start</c>. Called again for the same type it returns the region that is there.</summary>
    /// <param name="typeName">The type of entity; also names the region's actor.</param>
    /// <param name="entityPropsFactory">Makes the Props of an entity from its id; must not fail.</param>
    /// <param name="settings">How the shards behave.</param>
    /// <param name="messageExtractor">Tells for whom a message is; must not fail.</param>
    /// <returns>The region: whatever is told to it reaches the entity that the extractor names, started if need be, with the sender unchanged.</returns>
    public IActorRef Start(string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings, IMessageExtractor messageExtractor)
    {
        ArgumentNullException.ThrowIfNull(entityPropsFactory);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messageExtractor);
        var region = new Lazy<IActorRef>(() => _system.ActorOf(
            Props.Create<ShardRegionActor>(entityPropsFactory, settings, messageExtractor), $"sharding-{ActorNames.Encode(typeName)}"));
        return _regions.GetOrAdd(typeName, region).Value;
    }

    /// <summary>Stands for <c>ClusterSharding.ShardRegion</c>.</summary>
    /// <exception cref="ArgumentException">No region of that type was started.</exception>
    public IActorRef ShardRegion(string typeName) => _regions.TryGetValue(typeName, out var region)
        ? region.Value
        : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));
}
