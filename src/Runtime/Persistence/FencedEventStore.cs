namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// A store that writes only what the fence lets through: an owner that lost its shard without noticing (a process that was frozen, say) finds out here. What slips through between
/// the question and the write is refused by the sequence number, if another owner has written.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="mayWrite">Whether this process may write the log of a persistence id at this moment.</param>
public sealed class FencedEventStore(IEventStore inner, Func<string, bool> mayWrite) : IEventStore, IJournal, ISnapshotStore
{
    /// <inheritdoc/>
    public IJournal Journal => this;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => this;

    Task<AppendResult> IJournal.AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        mayWrite(persistenceId) ? inner.Journal.AppendAsync(persistenceId, entries, cancellationToken) : Refuse<AppendResult>(persistenceId);

    Task<IReadOnlyList<JournalEntry>> IJournal.ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken) =>
        inner.Journal.ReadAsync(persistenceId, fromSequenceNr, toSequenceNr, max, cancellationToken);

    Task<long> IJournal.HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) =>
        inner.Journal.HighestSequenceNrAsync(persistenceId, cancellationToken);

    Task IJournal.DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        mayWrite(persistenceId) ? inner.Journal.DeleteToAsync(persistenceId, toSequenceNr, cancellationToken) : Refuse<bool>(persistenceId);

    Task ISnapshotStore.SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken) =>
        mayWrite(metadata.PersistenceId) ? inner.Snapshots.SaveAsync(metadata, payload, cancellationToken) : Refuse<bool>(metadata.PersistenceId);

    Task<StoredSnapshot?> ISnapshotStore.LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        inner.Snapshots.LoadLatestAsync(persistenceId, criteria, cancellationToken);

    Task ISnapshotStore.DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        mayWrite(persistenceId) ? inner.Snapshots.DeleteAsync(persistenceId, criteria, cancellationToken) : Refuse<bool>(persistenceId);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static Task<T> Refuse<T>(string persistenceId) => Task.FromException<T>(
        new PersistenceException($"write the log of '{persistenceId}': this replica does not own it any more. Nothing was stored."));
}
