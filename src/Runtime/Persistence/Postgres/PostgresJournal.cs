using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary><see cref="IJournal"/> on the table <c>journal</c>.</summary>
internal sealed class PostgresJournal(PostgresEventStore store, PostgresAppends appends) : IJournal
{
    /// <summary>A page ends after this many bytes of payload (4 MiB), whatever the count: a recovery of large events must not fill the memory.</summary>
    private const long PageBytes = 4 << 20;

    private readonly PostgresTurns _turns = new();

    public async Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(persistenceId);
        ArgumentOutOfRangeException.ThrowIfZero(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].SequenceNr <= (i == 0 ? 0 : entries[i - 1].SequenceNr))
                throw new ArgumentException($"sequence number {entries[i].SequenceNr} at index {i} does not rise", nameof(entries));
            if (PostgresText.Fault(persistenceId, entries[i].Payload) is { } fault)
                return new AppendResult.Rejected(fault);
        }
        var append = new PostgresAppend(persistenceId, entries);
        // What has been accepted is carried out before the store closes, whosever turn comes before.
        store.Enter(append.Operation);
        try
        {
            return await _turns.RunAsync(
                persistenceId,
                () => store.WithPermitAsync(() => appends.RunAsync(append), cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            store.Leave();
        }
    }

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return store.RunAsync<IReadOnlyList<JournalEntry>>(
            $"read the journal of '{persistenceId}' from {fromSequenceNr}", null,
            async connection => await ReadAsync(connection, persistenceId, fromSequenceNr, toSequenceNr, max).ConfigureAwait(false), cancellationToken);
    }

    private static async Task<List<JournalEntry>> ReadAsync(NpgsqlConnection connection, string persistenceId, long from, long to, int max)
    {
        // The server adds up the sizes, because what it has begun to send would have to be received.
        await using var query = Command(connection, """
            SELECT sequence_number, identifier, manifest, message, created FROM (
                SELECT *, sum(octet_length(message)) OVER (ORDER BY sequence_number) - octet_length(message) AS before FROM (
                    SELECT sequence_number, identifier, manifest, message, created FROM journal
                    WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 AND deleted = FALSE
                    ORDER BY sequence_number LIMIT $4) AS wanted) AS page
            WHERE before < $5 ORDER BY sequence_number
            """, persistenceId, from, to, max, PageBytes);
        await using var rows = await query.ExecuteReaderAsync().ConfigureAwait(false);
        var page = new List<JournalEntry>();
        while (await rows.ReadAsync().ConfigureAwait(false))
            page.Add(new JournalEntry(rows.GetInt64(0), PostgresText.Payload(rows, 1), new DateTimeOffset(rows.GetInt64(4), TimeSpan.Zero)));
        return page;
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) =>
        store.RunAsync($"read the highest sequence number of '{persistenceId}'", null, async connection =>
        {
            await using var query = Command(connection, "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1", persistenceId);
            return (long)(await query.ExecuteScalarAsync().ConfigureAwait(false))!;
        }, cancellationToken);

    public Task DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        store.RunAsync(
            $"delete events up to {toSequenceNr} from the journal of '{persistenceId}'", PostgresErrors.OutcomeUnknown,
            connection => DeleteAsync(connection, persistenceId, toSequenceNr), cancellationToken);

    // A batch is one transaction.
    private static async Task<bool> DeleteAsync(NpgsqlConnection connection, string persistenceId, long to)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])[
            "UPDATE journal SET deleted = TRUE WHERE persistence_id = $1 AND sequence_number <= $2 AND deleted = FALSE",
            """
            DELETE FROM journal WHERE persistence_id = $1 AND sequence_number <= $2 AND sequence_number <
                (SELECT MAX(sequence_number) FROM journal WHERE persistence_id = $1 AND deleted = TRUE)
            """,
            "DELETE FROM tags WHERE persistence_id = $1 AND sequence_nr <= $2"])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = persistenceId }, new NpgsqlParameter<long> { TypedValue = to } },
            });
        }
        await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        return true;
    }

    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
