namespace CacheMachine.Actors.Supervisor;

/// <summary>The supervisor is an entity of its own type, the only one, so that there is one in the whole cluster.</summary>
/// <param name="shards">As for the machines.</param>
public sealed class SupervisorMessageExtractor(int shards) : HashCodeMessageExtractor(shards)
{
    /// <inheritdoc/>
    public override string? EntityId(object message) => message is ISupervisorCommand ? MachineSupervisorActor.Id : null;
}
