namespace CacheMachine.Runtime.Persistence;

/// <summary>The first message of a recovery, if a snapshot was found. Stands for Akka.NET's <c>Akka.Persistence.SnapshotOffer</c>.</summary>
/// <param name="Metadata">Where the snapshot stands in the log.</param>
/// <param name="Snapshot">The state that was given to <c>SaveSnapshot</c>.</param>
public sealed record SnapshotOffer(SnapshotMetadata Metadata, object Snapshot);

/// <summary>The snapshot is durable; events up to its number may be deleted. Stands for Akka.NET's <c>Akka.Persistence.SaveSnapshotSuccess</c>.</summary>
/// <param name="Metadata">Of the snapshot that was saved.</param>
public sealed record SaveSnapshotSuccess(SnapshotMetadata Metadata);

/// <summary>The snapshot was not saved; recovery replays more events instead, nothing is lost. Stands for Akka.NET's <c>Akka.Persistence.SaveSnapshotFailure</c>.</summary>
/// <param name="Metadata">Of the snapshot that was to be saved.</param>
/// <param name="Cause">Why.</param>
public sealed record SaveSnapshotFailure(SnapshotMetadata Metadata, Exception Cause);

/// <summary>The snapshots are deleted. Stands for Akka.NET's <c>Akka.Persistence.DeleteSnapshotsSuccess</c>.</summary>
/// <param name="Criteria">As given to <c>DeleteSnapshots</c>.</param>
public sealed record DeleteSnapshotsSuccess(SnapshotSelectionCriteria Criteria);

/// <summary>The snapshots may still be there. Stands for Akka.NET's <c>Akka.Persistence.DeleteSnapshotsFailure</c>.</summary>
/// <param name="Criteria">As given to <c>DeleteSnapshots</c>.</param>
/// <param name="Cause">Why.</param>
internal sealed record DeleteSnapshotsFailure(SnapshotSelectionCriteria Criteria, Exception Cause);
