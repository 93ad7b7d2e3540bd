using Microsoft.Data.Sqlite;
using static CacheMachine.Runtime.Persistence.Sqlite.SqliteConnections;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary><see cref="ISnapshotStore"/> on the table <c>snapshot</c>.</summary>
internal sealed class SqliteSnapshotStore(SqliteEventStore store) : ISnapshotStore
{
    public Task SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken)
    {
        var operation = $"save the snapshot of '{metadata.PersistenceId}' at {metadata.SequenceNr}";
        if (JournalLimits.Fault(metadata.PersistenceId, payload) is { } fault)
            return Task.FromException(new PersistenceException($"{operation}: {fault}. {SqliteErrors.NothingStored}"));
        return store.WriteAsync(operation, connection => Save(connection, metadata, payload), cancellationToken);
    }

    private static bool Save(SqliteConnection connection, SnapshotMetadata metadata, SerializedPayload payload)
    {
        Execute(connection, """
            INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id)
            VALUES ($id, $nr, $created, $snapshot, $manifest, $identifier)
            ON CONFLICT (persistence_id, sequence_number) DO UPDATE SET
                created = excluded.created, snapshot = excluded.snapshot, manifest = excluded.manifest, serializer_id = excluded.serializer_id
            """,
            ("$id", metadata.PersistenceId), ("$nr", metadata.SequenceNr), ("$created", metadata.Timestamp.Ticks),
            ("$snapshot", payload.Bytes.ToArray()), ("$manifest", payload.Manifest), ("$identifier", payload.Identifier));
        return true;
    }

    public Task<StoredSnapshot?> LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        store.ReadAsync($"load the snapshot of '{persistenceId}'", connection => Load(connection, persistenceId, criteria), cancellationToken);

    private static StoredSnapshot? Load(SqliteConnection connection, string persistenceId, SnapshotSelectionCriteria criteria)
    {
        using var query = Command(connection, """
            SELECT sequence_number, created, serializer_id, manifest, snapshot FROM snapshot
            WHERE persistence_id = $id AND sequence_number <= $max ORDER BY sequence_number DESC LIMIT 1
            """, ("$id", persistenceId), ("$max", criteria.MaxSequenceNr));
        using var rows = query.ExecuteReader();
        if (!rows.Read())
            return null;
        var metadata = new SnapshotMetadata(persistenceId, rows.GetInt64(0), new DateTime(rows.GetInt64(1), DateTimeKind.Utc));
        return new StoredSnapshot(metadata, SqliteRows.Payload(rows, 2));
    }

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        store.WriteAsync($"delete snapshots of '{persistenceId}' up to {criteria.MaxSequenceNr}", connection =>
        {
            Execute(connection, "DELETE FROM snapshot WHERE persistence_id = $id AND sequence_number <= $max", ("$id", persistenceId), ("$max", criteria.MaxSequenceNr));
            return true;
        }, cancellationToken);
}
