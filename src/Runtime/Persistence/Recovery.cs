namespace CacheMachine.Runtime.Persistence;

/// <summary>What a persistent actor recovers from. Stands for Akka.NET's <c>Akka.Persistence.Recovery</c>.</summary>
/// <param name="FromSnapshot">Which snapshot may be offered; <see cref="SnapshotSelectionCriteria.Latest"/> unless told.</param>
/// <param name="ToSequenceNr">The last event to replay, inclusive; all unless told. New events are numbered after the journal's highest in any case.</param>
/// <param name="ReplayMax">The most events to replay; all unless told.</param>
public sealed record Recovery(SnapshotSelectionCriteria FromSnapshot, long ToSequenceNr = long.MaxValue, long ReplayMax = long.MaxValue)
{
    /// <summary>The latest snapshot and every event after it. Stands for <c>Recovery.Default</c>.</summary>
    public static Recovery Default { get; } = new(SnapshotSelectionCriteria.Latest);

    /// <summary>No snapshot and no event; only the sequence number is recovered. Stands for <c>Recovery.None</c>.</summary>
    public static Recovery None { get; } = new(SnapshotSelectionCriteria.None, 0, 0);
}
