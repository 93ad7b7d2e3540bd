using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>
/// A connection of the pool for one request. Where traffic is dropped Npgsql takes several seconds more than its time-out, as it tries to
/// cancel by way of another connection; here the request is given up in time, and the connection goes back when Npgsql has done with it.
/// </summary>
internal sealed class PostgresLease(NpgsqlConnection connection, TimeSpan limit, TimeProvider time) : IAsyncDisposable
{
    private Task? _late;

    internal NpgsqlConnection Connection => connection;

    /// <summary>Waits for the work, which uses the connection, as long as an answer may take.</summary>
    /// <exception cref="TimeoutException">It took longer. The lease is of no more use.</exception>
    internal async Task<T> WaitAsync<T>(Task<T> work)
    {
        try
        {
            return await work.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            _late = work;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_late is { } late)
            _ = EndAsync(late);
        else
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync(Task late)
    {
        // How it ends is of no interest any more: its request has been answered.
        await late.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
