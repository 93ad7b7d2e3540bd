namespace CacheMachine.Runtime.Sharding;

/// <summary>Stands for Akka.NET's <c>Akka.Cluster.Sharding.ClusterShardingSettings</c>.</summary>
public sealed record ClusterShardingSettings
{
    /// <summary>
    /// Messages that one shard keeps at most for entities that are going to sleep; what comes beyond goes to dead letters, with a warning. 100,000 unless told.
    /// Akka.NET's key is <c>akka.cluster.sharding.buffer-size</c>.
    /// </summary>
    public int BufferSize { get; init; } = 100_000;

    /// <summary>How long the entities of a shard may take to stop when the shard goes to another replica; then they are stopped. Akka.NET's key is <c>akka.cluster.sharding.handoff-timeout</c>.</summary>
    public TimeSpan HandOffTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
