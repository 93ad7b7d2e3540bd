using System.Data.Common;
using CacheMachine.Actors.Serialization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>The tables of a journal and its snapshots, past all actors: what is in them, and how they fail.</summary>
/// <param name="provider">As Akka.Persistence.Sql calls the kind of database.</param>
/// <param name="connectionString">Of the database.</param>
/// <param name="connect">Makes a connection.</param>
internal sealed class JournalTables(string provider, string connectionString, Func<DbConnection> connect)
{
    private readonly bool _isSqlite = provider.StartsWith("SQLite", StringComparison.Ordinal);

    public string Provider => provider;

    public string ConnectionString => connectionString;

    public static JournalTables Sqlite(string path)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        return new("SQLite.MS", text, () => new SqliteConnection(text));
    }

    public static JournalTables Postgres(string text) => new("PostgreSQL.9.5", text, () => new NpgsqlConnection(text));

    /// <summary>The actor's events, in order.</summary>
    public async Task<IReadOnlyList<object>> EventsAsync(string persistenceId) => [.. (await RowsAsync(
        "SELECT manifest, message, sequence_number FROM journal WHERE persistence_id = @id AND NOT deleted ORDER BY sequence_number", persistenceId))
        .Select(row => row.Payload)];

    /// <summary>The numbers of the actor's events, in order.</summary>
    public async Task<IReadOnlyList<long>> NumbersAsync(string persistenceId) => [.. (await RowsAsync(
        "SELECT manifest, message, sequence_number FROM journal WHERE persistence_id = @id AND NOT deleted ORDER BY sequence_number", persistenceId))
        .Select(row => row.Number)];

    /// <summary>The actor's snapshots, the last one first.</summary>
    public Task<List<(object Payload, long Number)>> SnapshotsAsync(string persistenceId) => RowsAsync(
        "SELECT manifest, snapshot, sequence_number FROM snapshot WHERE persistence_id = @id ORDER BY sequence_number DESC", persistenceId);

    /// <summary>From now on the database refuses every event, or those of one actor, in these words; what is there can be read.</summary>
    public Task RefuseWritesAsync(string words, string? persistenceId = null)
    {
        var these = persistenceId is null ? "NEW.persistence_id <> ''" : $"NEW.persistence_id = '{persistenceId}'";
        return ExecuteAsync(_isSqlite
            ? $"CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN {these} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            : $"""
                CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql;
                CREATE TRIGGER refuse BEFORE INSERT ON journal FOR EACH ROW WHEN ({these}) EXECUTE FUNCTION refuse()
                """);
    }

    /// <summary>The opposite of <see cref="RefuseWritesAsync"/>.</summary>
    public Task AcceptWritesAsync() => ExecuteAsync(_isSqlite ? "DROP TRIGGER refuse" : "DROP TRIGGER refuse ON journal; DROP FUNCTION refuse()");

    /// <summary>From now on nothing can be written or read.</summary>
    public Task TakeAwayAsync() => ExecuteAsync("ALTER TABLE journal RENAME TO journal_away; ALTER TABLE snapshot RENAME TO snapshot_away");

    /// <summary>The opposite of <see cref="TakeAwayAsync"/>.</summary>
    public Task GiveBackAsync() => ExecuteAsync("ALTER TABLE journal_away RENAME TO journal; ALTER TABLE snapshot_away RENAME TO snapshot");

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<(object Payload, long Number)>> RowsAsync(string query, string persistenceId)
    {
        await using var connection = connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        var id = command.CreateParameter();
        (id.ParameterName, id.Value) = ("@id", persistenceId);
        command.Parameters.Add(id);
        await using var rows = await command.ExecuteReaderAsync();
        var payloads = new List<(object, long)>();
        while (await rows.ReadAsync())
            payloads.Add((new JournalSerializer(null).FromBinary(rows.GetFieldValue<byte[]>(1), rows.GetString(0)), rows.GetInt64(2)));
        return payloads;
    }
}
