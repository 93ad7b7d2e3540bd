namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// A result of journal or snapshot I/O on its way to the actor that asked. The instance tells a restarted actor that the answer is to its predecessor's question.
/// </summary>
internal abstract record EventsourcedReply(long InstanceId);

/// <summary>A batch has ended; without a failure each event that has no rejection is durable.</summary>
internal sealed record BatchEnded(long InstanceId, IReadOnlyList<PendingInvocation> Batch, Exception? Failure) : EventsourcedReply(InstanceId)
{
    /// <summary>False: the rest of a batch, one of whose callbacks has thrown.</summary>
    internal bool IsFirst { get; init; } = true;
}

/// <summary>The snapshot to begin with, if there is one.</summary>
internal sealed record SnapshotLoaded(long InstanceId, SnapshotOffer? Offer) : EventsourcedReply(InstanceId);

/// <summary>The next events of the log; an empty page is the last one and comes with the journal's highest number.</summary>
internal sealed record PageRead(long InstanceId, IReadOnlyList<(long SequenceNr, object Event)> Events, long HighestSequenceNr) : EventsourcedReply(InstanceId);

/// <summary>Recovery cannot go on.</summary>
internal sealed record RecoveryFailed(long InstanceId, Exception Cause) : EventsourcedReply(InstanceId);
