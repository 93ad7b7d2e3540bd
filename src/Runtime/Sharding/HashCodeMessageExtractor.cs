namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Spreads entities over a fixed number of shards by a hash of their ids. Stands for Akka.NET's <c>Akka.Cluster.Sharding.HashCodeMessageExtractor</c>. The hash is
/// <see cref="StableHash"/>, which is the same in every process (<c>string.GetHashCode</c> is not).
/// </summary>
public abstract class HashCodeMessageExtractor : IMessageExtractor
{
    /// <summary>Stands for the constructor of Akka.NET's class.</summary>
    /// <param name="maxNumberOfShards">How many shards there are, at least 1; all replicas must agree.</param>
    protected HashCodeMessageExtractor(int maxNumberOfShards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfShards, 1);
        MaxNumberOfShards = maxNumberOfShards;
    }

    /// <summary>How many shards there are; they are named "0" to one less than this.</summary>
    internal int MaxNumberOfShards { get; }

    /// <inheritdoc/>
    public abstract string? EntityId(object message);

    /// <inheritdoc/>
    public virtual object? EntityMessage(object message) => message;

    /// <inheritdoc/>
    public virtual string ShardId(string entityId, object? messageHint = null) =>
        (StableHash.Of(entityId) % (uint)MaxNumberOfShards).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
