namespace CacheMachine.Runtime.Sharding;

/// <summary>Carries messages to the regions of other replicas. Its other end calls <c>ClusterSharding.ReceiveAsync</c>.</summary>
public interface IShardTransport
{
    /// <summary>Hands a message to the region of a type on the replica at <paramref name="address"/>. Never throws, except when cancelled.</summary>
    /// <param name="address">As in <see cref="LeaseRecord.Address"/>.</param>
    /// <param name="typeName">The type of entity, as in <see cref="ClusterSharding.Start"/>.</param>
    /// <param name="message">The message, not serialised.</param>
    /// <param name="wantsReply">Whether somebody waits for the entity's answer.</param>
    /// <param name="cancellationToken">Ends the waiting, also for the reply.</param>
    /// <returns>As soon as it is known whether the peer has taken the message, which is before the entity answers.</returns>
    Task<ShardDelivery> DeliverAsync(string address, string typeName, object message, bool wantsReply, CancellationToken cancellationToken);
}

/// <summary>What became of a message for an entity of another replica.</summary>
public abstract record ShardDelivery
{
    private ShardDelivery()
    {
    }

    /// <summary>It is on its way to the entity there.</summary>
    /// <param name="Reply">The entity's answer; null where none was wanted. Fails with <see cref="ShardUnavailableException"/> where the connection was lost before it came.</param>
    public sealed record Taken(Task<object>? Reply) : ShardDelivery;

    /// <summary>That replica does not run the entity: it was certainly not taken.</summary>
    public sealed record NotHere : ShardDelivery
    {
        /// <summary>The only value.</summary>
        public static NotHere Instance { get; } = new();

        private NotHere()
        {
        }
    }

    /// <summary>The replica could not be reached, or refused.</summary>
    /// <param name="Why">In words: the address, the reason.</param>
    /// <param name="MayHaveArrived">Whether the entity may get it all the same; otherwise it is safe to send it again.</param>
    public sealed record Failed(string Why, bool MayHaveArrived) : ShardDelivery;
}

/// <summary>The answer, as a <see cref="Actor.Status.Failure"/>, to a message for an entity that nobody runs just now, or whose replica cannot be reached.</summary>
/// <param name="message">The entity or shard, and why; says where it is not known whether the message was carried out.</param>
public sealed class ShardUnavailableException(string message) : Exception(message);
