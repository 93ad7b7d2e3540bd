using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>Opens connections with the settings on which the promises of <see cref="IJournal"/> rest.</summary>
internal static class SqliteConnections
{
    /// <summary>
    /// synchronous=FULL: in WAL mode NORMAL would leave the last commits in the system's cache, and a power loss would take back what has been
    /// acknowledged. The price is one fsync a commit, which the writer shares among all the appends that wait for it.
    /// </summary>
    internal static SqliteConnection OpenWriter(SqliteStoreOptions options)
    {
        if (options.Path is not null && Path.GetDirectoryName(Path.GetFullPath(options.Path)) is { } directory)
            Directory.CreateDirectory(directory);
        return Open(options, "PRAGMA synchronous=FULL", requireWal: options.Path is not null);
    }

    internal static SqliteConnection OpenReader(SqliteStoreOptions options) => Open(options, "PRAGMA query_only=1", requireWal: false);

    private static SqliteConnection Open(SqliteStoreOptions options, string pragma, bool requireWal)
    {
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = options.Path ?? ":memory:",
            Mode = options.Path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate,
            // SQLite's own busy handler does the waiting; the driver must not begin it anew. 1 s is the driver's smallest unit, 0 would be forever.
            DefaultTimeout = 1,
            Pooling = false,
        };
        var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout={(long)options.BusyTimeout.TotalMilliseconds}");
            if (requireWal && Scalar(connection, "PRAGMA journal_mode=WAL") is not "wal")
                throw new PersistenceException($"open {options.Target}: its file system does not support write-ahead logging (shared memory), which the journal needs.");
            Execute(connection, pragma);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Execute(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    internal static object? Scalar(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar();
    }

    internal static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
