using static CacheMachine.Runtime.Persistence.Postgres.PostgresJournal;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary><see cref="ISnapshotStore"/> on the table <c>snapshot</c>.</summary>
internal sealed class PostgresSnapshotStore(PostgresEventStore store) : ISnapshotStore
{
    public Task SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken)
    {
        var operation = $"save the snapshot of '{metadata.PersistenceId}' at {metadata.SequenceNr}";
        if (PostgresText.Fault(metadata.PersistenceId, payload) is { } fault)
            return Task.FromException(new PersistenceException($"{operation}: {fault}. {PostgresErrors.NothingStored}"));
        return store.RunAsync(operation, PostgresErrors.OutcomeUnknown, async connection =>
        {
            await using var command = Command(connection, """
                INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (persistence_id, sequence_number) DO UPDATE SET
                    created = excluded.created, snapshot = excluded.snapshot, manifest = excluded.manifest, serializer_id = excluded.serializer_id
                """,
                metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks, payload.Bytes.ToArray(), payload.Manifest, payload.Identifier);
            return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }, cancellationToken);
    }

    public Task<StoredSnapshot?> LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        store.RunAsync($"load the snapshot of '{persistenceId}'", null, async connection =>
        {
            await using var query = Command(connection, """
                SELECT sequence_number, created, serializer_id, manifest, snapshot FROM snapshot
                WHERE persistence_id = $1 AND sequence_number <= $2 ORDER BY sequence_number DESC LIMIT 1
                """, persistenceId, criteria.MaxSequenceNr);
            await using var rows = await query.ExecuteReaderAsync().ConfigureAwait(false);
            if (!await rows.ReadAsync().ConfigureAwait(false))
                return null;
            var metadata = new SnapshotMetadata(persistenceId, rows.GetInt64(0), new DateTime(rows.GetInt64(1), DateTimeKind.Utc));
            return new StoredSnapshot(metadata, PostgresText.Payload(rows, 2));
        }, cancellationToken);

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        store.RunAsync(
            $"delete snapshots of '{persistenceId}' up to {criteria.MaxSequenceNr}", PostgresErrors.OutcomeUnknown, async connection =>
            {
                await using var command = Command(
                    connection, "DELETE FROM snapshot WHERE persistence_id = $1 AND sequence_number <= $2", persistenceId, criteria.MaxSequenceNr);
                return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }, cancellationToken);
}
