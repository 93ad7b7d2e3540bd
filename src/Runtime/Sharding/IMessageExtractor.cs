namespace CacheMachine.Runtime.Sharding;

/// <summary>Tells for whom a message is. Stands for Akka.NET's <c>Akka.Cluster.Sharding.IMessageExtractor</c>. Must be pure: it is asked from many threads.</summary>
public interface IMessageExtractor
{
    /// <summary>The entity that the message is for, or null if it is for none; such a message is published as unhandled.</summary>
    string? EntityId(object message);

    /// <summary>What the entity is to receive: the message itself, or what an envelope holds.</summary>
    object? EntityMessage(object message);

    /// <summary>The shard that the entity belongs to. The same answer for the same id on every replica and in every release.</summary>
    /// <param name="entityId">The entity.</param>
    /// <param name="messageHint">The message in question, if there is one; the answer must not depend on it.</param>
    string ShardId(string entityId, object? messageHint = null);
}
