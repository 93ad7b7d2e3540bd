namespace CacheMachine.Runtime.Persistence;

/// <summary>Which snapshots are meant, by sequence number. Stands for Akka.NET's <c>SnapshotSelectionCriteria</c>, without its bounds on time, which nothing here uses.</summary>
public sealed record SnapshotSelectionCriteria
{
    /// <summary>Stands for <c>new SnapshotSelectionCriteria(maxSequenceNr)</c>.</summary>
    /// <param name="maxSequenceNr">The highest sequence number that is meant, inclusive.</param>
    public SnapshotSelectionCriteria(long maxSequenceNr) => MaxSequenceNr = maxSequenceNr;

    /// <summary>Every snapshot; stands for <c>SnapshotSelectionCriteria.Latest</c>.</summary>
    public static SnapshotSelectionCriteria Latest { get; } = new(long.MaxValue);

    /// <summary>The highest sequence number that is meant, inclusive.</summary>
    public long MaxSequenceNr { get; }
}
