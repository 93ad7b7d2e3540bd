using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>The statements of one append, without what to do when they fail.</summary>
internal sealed class PostgresAppend(string persistenceId, IReadOnlyList<JournalEntry> entries)
{
    /// <summary>For messages.</summary>
    internal string Operation { get; } = string.Create(
        CultureInfo.InvariantCulture, $"append events {entries[0].SequenceNr} to {entries[^1].SequenceNr} to the journal of '{persistenceId}'");

    internal long First => entries[0].SequenceNr;

    /// <summary>
    /// Everything but the COMMIT, in one round trip. The lock makes the question for the highest number certain, also against a number whose row has been
    /// compacted away; it ends with the transaction, which the server ends by itself when it hears no more of it.
    /// </summary>
    /// <returns>The transaction to commit, the highest number before, and the row's <c>ordering</c> of the first event; null: its number is taken, nothing is inserted.</returns>
    internal async Task<(NpgsqlTransaction Transaction, long Highest, long? Ordering)> InsertAsync(NpgsqlConnection connection, string limits, string writer)
    {
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var batch = Begin(connection, transaction, limits);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            WITH highest AS (SELECT coalesce(max(sequence_number), 0) AS nr FROM journal WHERE persistence_id = $1),
            inserted AS (
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
                SELECT e.created, FALSE, $1, e.nr, e.message, e.manifest, e.identifier, $2
                FROM unnest($3, $4, $5, $6, $7) AS e (created, nr, message, manifest, identifier)
                WHERE (SELECT nr FROM highest) < $8
                RETURNING ordering)
            SELECT (SELECT nr FROM highest), (SELECT min(ordering) FROM inserted)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = persistenceId },
                new NpgsqlParameter<string> { TypedValue = writer },
                Array(NpgsqlDbType.Bigint, entries.Select(entry => entry.Created.UtcTicks)),
                Array(NpgsqlDbType.Bigint, entries.Select(entry => entry.SequenceNr)),
                Array(NpgsqlDbType.Bytea, entries.Select(entry => entry.Payload.Bytes.ToArray())),
                Array(NpgsqlDbType.Text, entries.Select(entry => entry.Payload.Manifest)),
                Array(NpgsqlDbType.Integer, entries.Select(entry => entry.Payload.Identifier)),
                new NpgsqlParameter<long> { TypedValue = First },
            },
        });
        await using var rows = await LastAsync(batch).ConfigureAwait(false);
        await rows.ReadAsync().ConfigureAwait(false);
        return (transaction, rows.GetInt64(0), rows.IsDBNull(1) ? null : rows.GetInt64(1));
    }

    /// <summary>
    /// Whether what <see cref="InsertAsync"/> inserted is there. The lock is that of the insert: with it, the transaction of which nothing more was heard has
    /// ended, one way or the other.
    /// </summary>
    internal async Task<bool> IsStoredAsync(NpgsqlConnection connection, string limits, string writer, long ordering)
    {
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var batch = Begin(connection, transaction, limits);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "SELECT count(*) FROM journal WHERE persistence_id = $1 AND sequence_number = $2 AND ordering = $3 AND writer_uuid = $4")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = persistenceId },
                new NpgsqlParameter<long> { TypedValue = First },
                new NpgsqlParameter<long> { TypedValue = ordering },
                new NpgsqlParameter<string> { TypedValue = writer },
            },
        });
        await using var rows = await LastAsync(batch).ConfigureAwait(false);
        await rows.ReadAsync().ConfigureAwait(false);
        return rows.GetInt64(0) > 0;
    }

    internal async Task<long> HighestAsync(NpgsqlConnection connection)
    {
        await using var query = PostgresJournal.Command(connection, "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1", persistenceId);
        return (long)(await query.ExecuteScalarAsync().ConfigureAwait(false))!;
    }

    private NpgsqlBatch Begin(NpgsqlConnection connection, NpgsqlTransaction transaction, string limits) => new(connection, transaction)
    {
        BatchCommands =
        {
            new NpgsqlBatchCommand("SELECT set_config('statement_timeout', $1, TRUE), set_config('idle_in_transaction_session_timeout', $1, TRUE)")
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = limits } },
            },
            // A statement of its own, so that the next one sees what the holder before has committed.
            new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))")
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = persistenceId } },
            },
        },
    };

    private static async Task<NpgsqlDataReader> LastAsync(NpgsqlBatch batch)
    {
        var rows = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        for (var i = 1; i < batch.BatchCommands.Count; i++)
            await rows.NextResultAsync().ConfigureAwait(false);
        return rows;
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
