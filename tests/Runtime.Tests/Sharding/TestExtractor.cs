using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Runtime.Tests.Sharding;

/// <summary>A message for an entity.</summary>
internal sealed record To(string Id, object Message);

internal sealed class TestExtractor(int maxNumberOfShards) : HashCodeMessageExtractor(maxNumberOfShards)
{
    public override string? EntityId(object message) => (message as To)?.Id;

    public override object? EntityMessage(object message) => ((To)message).Message;
}
