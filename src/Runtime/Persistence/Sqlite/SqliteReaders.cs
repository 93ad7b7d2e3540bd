using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>
/// Connections for reading beside the writer, which write-ahead logging allows. At most <see cref="Limit"/> reads run at once: when a thousand actors
/// recover after a start, they queue here and not for the threads that run actors.
/// </summary>
internal sealed class SqliteReaders(SqliteStoreOptions options) : IAsyncDisposable
{
    private const int Limit = 4;

    private readonly SemaphoreSlim _permits = new(Limit);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _closed;

    internal async Task<T> ReadAsync<T>(string operation, Func<SqliteConnection, T> body, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(body), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw SqliteErrors.Wrap(operation, options.Target, e, null);
        }
        finally
        {
            _permits.Release();
        }
    }

    private T Read<T>(Func<SqliteConnection, T> body)
    {
        if (_closed)
            throw new PersistenceException("the store is closed");
        if (!_idle.TryTake(out var connection))
            connection = SqliteConnections.OpenReader(options);
        var answered = false;
        try
        {
            var answer = body(connection);
            answered = true;
            return answer;
        }
        finally
        {
            // A connection that failed may be broken: the next read opens a new one.
            if (answered)
                _idle.Add(connection);
            else
                connection.Dispose();
        }
    }

    /// <summary>Waits for the reads under way, then closes. Later reads fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < Limit; i++)
            await _permits.WaitAsync().ConfigureAwait(false);
        while (_idle.TryTake(out var connection))
            await connection.DisposeAsync().ConfigureAwait(false);
        _permits.Release(Limit);
    }
}
