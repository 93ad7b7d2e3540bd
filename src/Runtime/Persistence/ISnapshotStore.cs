namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// States saved at a sequence number, so that recovery need not replay a log from its beginning. Akka.NET's counterpart is <c>SnapshotStore</c>.
/// The remarks of <see cref="IJournal"/> on threads and errors hold here too.
/// </summary>
public interface ISnapshotStore
{
    /// <summary>Stores a snapshot durably; one that is already there under the same persistence id and sequence number is replaced.</summary>
    Task SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken = default);

    /// <summary>The snapshot with the highest sequence number that meets <paramref name="criteria"/>, or null if there is none.</summary>
    Task<StoredSnapshot?> LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken = default);

    /// <summary>Deletes every snapshot that meets <paramref name="criteria"/>. Nothing to delete is no error.</summary>
    Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken = default);
}
