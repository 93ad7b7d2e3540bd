using System.Collections.Immutable;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <summary>Where the entities of a shard run.</summary>
internal abstract record ShardHome
{
    /// <summary>In this replica.</summary>
    internal sealed record Here : ShardHome
    {
        internal static Here Instance { get; } = new();
    }

    /// <summary>In another one.</summary>
    internal sealed record At(string Address) : ShardHome;
}

/// <summary>From a region to the coordinator: tell me the homes, now and when they change.</summary>
internal sealed record RegisterRegion(IActorRef Region);

/// <summary>To the regions: where each shard is; one that is not in it is nowhere just now. A shard that is no longer here is to be stopped at once.</summary>
internal sealed record ShardHomes(ImmutableDictionary<string, ShardHome> Homes);

/// <summary>To the regions: stop the entities of this shard in order, then say <see cref="ShardStopped"/>.</summary>
internal sealed record StopShard(string ShardId);

/// <summary>From a region: nothing of this shard runs here.</summary>
internal sealed record ShardStopped(string ShardId, IActorRef Region);
