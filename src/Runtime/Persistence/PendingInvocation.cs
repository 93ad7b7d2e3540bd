using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Persistence;

/// <summary>An event on its way to the journal, or a deferred one on its way past it, with what is to be called when it is through.</summary>
/// <param name="Event">What was given to Persist or DeferAsync.</param>
/// <param name="Handler">The callback.</param>
/// <param name="Origin">The command in whose handler this was asked for; its sender is the sender again while the callback runs.</param>
internal sealed record PendingInvocation(object Event, Action<object> Handler, Envelope Origin)
{
    /// <summary>The event's number; 0 for a deferred one, which is not stored.</summary>
    internal long SequenceNr { get; init; }

    /// <summary>Events with the same group are stored together or not at all (PersistAll).</summary>
    internal object? Group { get; init; }

    internal bool IsPersistent => SequenceNr > 0;

    /// <summary>Why this event was not even sent to the journal.</summary>
    internal Exception? Rejection { get; set; }
}
