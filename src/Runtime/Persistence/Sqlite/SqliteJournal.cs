using Microsoft.Data.Sqlite;
using static CacheMachine.Runtime.Persistence.Sqlite.SqliteConnections;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary><see cref="IJournal"/> on the table <c>journal</c>.</summary>
internal sealed class SqliteJournal(SqliteEventStore store) : IJournal
{
    /// <summary>A page ends after this many bytes of payload (4 MiB), whatever the count: a recovery of large events must not fill the memory.</summary>
    private const int PageBytes = 4 << 20;

    private readonly string _writerUuid = Guid.NewGuid().ToString();

    public Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(persistenceId);
        ArgumentOutOfRangeException.ThrowIfZero(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].SequenceNr <= (i == 0 ? 0 : entries[i - 1].SequenceNr))
                throw new ArgumentException($"sequence number {entries[i].SequenceNr} at index {i} does not rise", nameof(entries));
            if (JournalLimits.Fault(persistenceId, entries[i].Payload) is { } fault)
                return Task.FromResult<AppendResult>(new AppendResult.Rejected(fault));
        }
        var operation = $"append events {entries[0].SequenceNr} to {entries[^1].SequenceNr} to the journal of '{persistenceId}'";
        return store.WriteAsync(operation, connection => Append(connection, persistenceId, entries), cancellationToken);
    }

    private AppendResult Append(SqliteConnection connection, string persistenceId, IReadOnlyList<JournalEntry> entries)
    {
        // The writer holds the database's write lock, so nobody can take a number between this question and the insert. The question is asked because the unique
        // index alone would let a stale owner write a number whose row has been compacted away.
        var highest = Highest(connection, persistenceId);
        if (entries[0].SequenceNr <= highest)
            return new AppendResult.Conflict(entries[0].SequenceNr, highest);
        using var insert = Command(connection, """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES ($created, 0, $id, $nr, $message, $manifest, $identifier, $writer)
            """, ("$id", persistenceId), ("$writer", _writerUuid));
        var created = insert.Parameters.Add("$created", SqliteType.Integer);
        var nr = insert.Parameters.Add("$nr", SqliteType.Integer);
        var message = insert.Parameters.Add("$message", SqliteType.Blob);
        var manifest = insert.Parameters.Add("$manifest", SqliteType.Text);
        var identifier = insert.Parameters.Add("$identifier", SqliteType.Integer);
        foreach (var entry in entries)
        {
            created.Value = entry.Created.UtcTicks;
            nr.Value = entry.SequenceNr;
            message.Value = entry.Payload.Bytes.ToArray();
            manifest.Value = entry.Payload.Manifest;
            identifier.Value = entry.Payload.Identifier;
            insert.ExecuteNonQuery();
        }
        return AppendResult.Stored.Instance;
    }

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return store.ReadAsync(
            $"read the journal of '{persistenceId}' from {fromSequenceNr}",
            IReadOnlyList<JournalEntry> (connection) => Read(connection, persistenceId, fromSequenceNr, toSequenceNr, max), cancellationToken);
    }

    private static List<JournalEntry> Read(SqliteConnection connection, string persistenceId, long from, long to, int max)
    {
        using var query = Command(connection, """
            SELECT sequence_number, identifier, manifest, message, created FROM journal
            WHERE persistence_id = $id AND sequence_number BETWEEN $from AND $to AND deleted = 0
            ORDER BY sequence_number LIMIT $max
            """, ("$id", persistenceId), ("$from", from), ("$to", to), ("$max", max));
        using var rows = query.ExecuteReader();
        var page = new List<JournalEntry>();
        var bytes = 0;
        while (bytes < PageBytes && rows.Read())
        {
            var payload = SqliteRows.Payload(rows, 1);
            page.Add(new JournalEntry(rows.GetInt64(0), payload, new DateTimeOffset(rows.GetInt64(4), TimeSpan.Zero)));
            bytes += payload.Bytes.Length;
        }
        return page;
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) =>
        store.ReadAsync($"read the highest sequence number of '{persistenceId}'", connection => Highest(connection, persistenceId), cancellationToken);

    private static long Highest(SqliteConnection connection, string persistenceId) =>
        Scalar(connection, "SELECT MAX(sequence_number) FROM journal WHERE persistence_id = $id", ("$id", persistenceId)) is long highest ? highest : 0;

    public Task DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        store.WriteAsync($"delete events up to {toSequenceNr} from the journal of '{persistenceId}'", connection => Delete(connection, persistenceId, toSequenceNr), cancellationToken);

    private static bool Delete(SqliteConnection connection, string persistenceId, long to)
    {
        Execute(connection, """
            UPDATE journal SET deleted = 1 WHERE persistence_id = $id AND sequence_number <= $to AND deleted = 0;
            DELETE FROM journal WHERE persistence_id = $id AND sequence_number <= $to AND sequence_number <
                (SELECT MAX(sequence_number) FROM journal WHERE persistence_id = $id AND deleted = 1);
            DELETE FROM tags WHERE persistence_id = $id AND sequence_nr <= $to;
            """, ("$id", persistenceId), ("$to", to));
        return true;
    }
}
