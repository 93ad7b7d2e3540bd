namespace CacheMachine.Actors.Supervisor;

/// <summary>Keeps the supervisor running, wherever that is: an entity runs only after it was told something, and again after its replica has died.</summary>
public sealed class SupervisorKeeperActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly IActorRef _supervisor;

    /// <param name="supervisor">The shard region of the supervisor.</param>
    public SupervisorKeeperActor(IActorRef supervisor)
    {
        _supervisor = supervisor;
        Receive<KeepRunning>(message => _supervisor.Tell(message, ActorRefs.NoSender));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Self.Tell(KeepRunning.Instance);
        Timers.StartPeriodicTimer(nameof(KeepRunning), KeepRunning.Instance, Every);
    }
}
