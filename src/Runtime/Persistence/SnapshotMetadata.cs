namespace CacheMachine.Runtime.Persistence;

/// <summary>Stands for Akka.NET's <c>Akka.Persistence.SnapshotMetadata</c>.</summary>
public sealed record SnapshotMetadata
{
    /// <summary>Stands for the constructor of Akka.NET's <c>SnapshotMetadata</c>.</summary>
    /// <param name="persistenceId">The actor that the snapshot is of.</param>
    /// <param name="sequenceNr">The number of the last event whose effect is in the snapshot.</param>
    /// <param name="timestamp">When it was taken, in UTC.</param>
    public SnapshotMetadata(string persistenceId, long sequenceNr, DateTime timestamp) =>
        (PersistenceId, SequenceNr, Timestamp) = (persistenceId, sequenceNr, timestamp);

    /// <summary>The actor that the snapshot is of.</summary>
    public string PersistenceId { get; }

    /// <summary>The number of the last event whose effect is in the snapshot; replay goes on after it.</summary>
    public long SequenceNr { get; }

    /// <summary>When it was taken, in UTC.</summary>
    public DateTime Timestamp { get; }
}
