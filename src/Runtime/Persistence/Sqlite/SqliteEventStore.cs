using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>Journal and snapshots in one SQLite database: a file, or memory for tests and trials.</summary>
public sealed class SqliteEventStore : IEventStore
{
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders? _readers;

    private SqliteEventStore(SqliteStoreOptions options, SqliteConnection connection)
    {
        _writer = new SqliteWriter(connection, options.Target);
        // A database in memory belongs to its one connection, so there the writer's thread reads as well.
        _readers = options.Path is null ? null : new SqliteReaders(options);
        Journal = new SqliteJournal(this);
        Snapshots = new SqliteSnapshotStore(this);
    }

    /// <inheritdoc/>
    public IJournal Journal { get; }

    /// <inheritdoc/>
    public ISnapshotStore Snapshots { get; }

    /// <summary>Opens the database, creating the file and the tables that are missing.</summary>
    /// <exception cref="PersistenceException">It cannot be opened, is no SQLite database, is locked by another process, or was written by a newer release.</exception>
    public static Task<SqliteEventStore> OpenAsync(SqliteStoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run(() => Open(options), cancellationToken);
    }

    private static SqliteEventStore Open(SqliteStoreOptions options)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteConnections.OpenWriter(options);
            SqliteSchema.Upgrade(connection, options.Target);
            return new SqliteEventStore(options, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is PersistenceException)
                throw;
            throw SqliteErrors.Wrap("open the journal", options.Target, e, null);
        }
    }

    internal Task<T> WriteAsync<T>(string operation, Func<SqliteConnection, T> body, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(operation, isRead: false, body, cancellationToken);

    internal Task<T> ReadAsync<T>(string operation, Func<SqliteConnection, T> body, CancellationToken cancellationToken) =>
        _readers?.ReadAsync(operation, body, cancellationToken) ?? _writer.EnqueueAsync(operation, isRead: true, body, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_readers is not null)
            await _readers.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }
}
