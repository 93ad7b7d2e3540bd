using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines;

/// <summary>Which machine a message is for, and which shard a machine is in.</summary>
/// <param name="shards">How many shards there are; the same on every replica and for ever.</param>
public sealed class MachineMessageExtractor(int shards) : HashCodeMessageExtractor(shards)
{
    /// <inheritdoc/>
    public override string? EntityId(object message) => (message as IMachineCommand)?.Machine;
}
