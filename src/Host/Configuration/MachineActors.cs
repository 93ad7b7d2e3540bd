namespace CacheMachine.Host.Configuration;

/// <summary>The actors that the HTTP API asks.</summary>
/// <param name="Supervisor">Creates, deletes and lists machines.</param>
/// <param name="Machines">The region of all machines: a message reaches the one it names.</param>
/// <param name="LeaveAsync">Gives this replica's machines to the others; it still answers, by asking them. Nothing to do where there are none.</param>
/// <param name="StopAsync">Stops them all.</param>
public sealed record MachineActors(IActorRef Supervisor, IActorRef Machines, Func<Task> LeaveAsync, Func<Task> StopAsync) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync());
}
