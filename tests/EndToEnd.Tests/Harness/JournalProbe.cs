using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Reads the journal as it is stored, past the service.</summary>
/// <param name="open">A connection to the database.</param>
internal sealed class JournalProbe(Func<DbConnection> open)
{
    /// <summary>An embedded database in this directory.</summary>
    public static JournalProbe OfSqlite(string directory) => new(() => new SqliteConnection(new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(directory, "cachemachine.db"),
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
    }.ConnectionString));

    /// <summary>A PostgreSQL database.</summary>
    public static JournalProbe OfPostgres(string connection) => new(() => new NpgsqlConnection(connection));

    /// <summary>The log of a machine.</summary>
    public async Task<IReadOnlyList<Row>> MachineAsync(string name) => await LogAsync($"cachemachine-{name}");

    /// <summary>One log, in the order of its numbers.</summary>
    public async Task<IReadOnlyList<Row>> LogAsync(string persistenceId) =>
        [.. (await AllAsync()).Where(row => row.PersistenceId == persistenceId).OrderBy(row => row.Number)];

    /// <summary>Everything that is stored and not deleted, in the order in which it was stored.</summary>
    public async Task<IReadOnlyList<Row>> AllAsync()
    {
        await using var connection = open();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT ordering, persistence_id, sequence_number, manifest, writer_uuid, message, deleted FROM journal ORDER BY ordering";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Row>();
        while (await reader.ReadAsync())
        {
            if (Convert.ToBoolean(reader.GetValue(6), null))
                continue;
            rows.Add(new Row(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4),
                Encoding.UTF8.GetString((byte[])reader.GetValue(5))));
        }
        return rows;
    }

    /// <summary>Checks that the numbers of every log follow one another without a gap or a double.</summary>
    /// <returns>All rows.</returns>
    public async Task<IReadOnlyList<Row>> IsInOrderAsync()
    {
        var rows = await AllAsync();
        foreach (var log in rows.GroupBy(row => row.PersistenceId, StringComparer.Ordinal))
        {
            var numbers = log.Select(row => row.Number).ToList();
            Assert.True(
                numbers.SequenceEqual(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + i)),
                $"the numbers of {log.Key} are not in order: {string.Join(", ", numbers)}");
        }
        return rows;
    }

    /// <summary>One event.</summary>
    /// <param name="Ordering">Place in the whole journal.</param>
    /// <param name="PersistenceId">Which log.</param>
    /// <param name="Number">Its sequence number there.</param>
    /// <param name="Manifest">Kind and version of the event.</param>
    /// <param name="Writer">Which process wrote it: each has a <c>writer_uuid</c> of its own.</param>
    /// <param name="Message">The event.</param>
    internal sealed record Row(long Ordering, string PersistenceId, long Number, string Manifest, string Writer, string Message);
}
