namespace CacheMachine.Runtime.Dispatch;

/// <summary>
/// Counts the mailboxes that are scheduled or running, so that the test kit can tell when an actor system is at rest. A system
/// has none unless the test kit gives it one, because the count is one shared memory cell that all actors would write.
/// </summary>
internal sealed class ActivityTracker
{
    private long _active;
    private long _entered;

    /// <summary>Zero means: no actor runs, and every message that was told has been processed (or its actor is suspended).</summary>
    internal long Active => Volatile.Read(ref _active);

    /// <summary>Grows with each activation: two equal readings mean that nothing ran in between.</summary>
    internal long Entered => Volatile.Read(ref _entered);

    internal void Enter()
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _entered);
    }

    internal void Exit() => Interlocked.Decrement(ref _active);
}
