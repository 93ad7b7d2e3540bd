using System.Collections.Concurrent;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Until when this replica may act for a shard, by a clock that goes on while the process is stopped. Asked before everything that leaves a mark outside: a process that was
/// frozen past its lease finds its fence shut as soon as it runs again, before any timer has fired.
/// </summary>
internal sealed class ShardFence(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _until = new(StringComparer.Ordinal);

    internal bool Holds(string shardId) => _until.TryGetValue(shardId, out var until) && time.GetTimestamp() < until;

    /// <param name="shardId">The shard.</param>
    /// <param name="from">Timestamp from before the lease was written.</param>
    /// <param name="length">How long from then.</param>
    internal void Open(string shardId, long from, TimeSpan length) => _until[shardId] = from + (long)(length.TotalSeconds * time.TimestampFrequency);

    internal void Shut(string shardId) => _until.TryRemove(shardId, out _);
}
