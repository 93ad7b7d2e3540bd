using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Persistence;

/// <summary>An event on its way to the journal, with what is to be called when it is stored.</summary>
/// <param name="Event">What was given to Persist.</param>
/// <param name="Handler">The callback.</param>
/// <param name="Origin">The command in whose handler this was asked for; its sender is the sender again while the callback runs.</param>
/// <param name="SequenceNr">The event's number.</param>
/// <param name="Group">Events with the same group are stored together or not at all (PersistAll).</param>
internal sealed record PendingInvocation(object Event, Action<object> Handler, Envelope Origin, long SequenceNr, object Group)
{
    /// <summary>Why this event was not even sent to the journal.</summary>
    internal Exception? Rejection { get; set; }
}
