using Microsoft.Extensions.Logging;
using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>
/// Journal and snapshots in one PostgreSQL database, which several replicas share. While the database is away, appends are answered
/// <see cref="AppendResult.Unavailable"/> at once, and everything else fails at once; it is found again by itself.
/// </summary>
public sealed partial class PostgresEventStore : IEventStore
{
    private readonly PostgresConnections _connections;
    private readonly PostgresBreaker _breaker;
    private readonly SemaphoreSlim _permits;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;

    private PostgresEventStore(PostgresStoreOptions options, PostgresConnections connections)
    {
        _connections = connections;
        _breaker = new PostgresBreaker(connections, options);
        _permits = new SemaphoreSlim(connections.PoolSize);
        Journal = new PostgresJournal(this, new PostgresAppends(connections, _breaker, options));
        Snapshots = new PostgresSnapshotStore(this);
    }

    /// <inheritdoc/>
    public IJournal Journal { get; }

    /// <inheritdoc/>
    public ISnapshotStore Snapshots { get; }

    /// <summary>
    /// Opens the database and creates the tables that are missing. A database that does not answer is waited for, up to
    /// <see cref="PostgresStoreOptions.StartTimeout"/>.
    /// </summary>
    /// <exception cref="PersistenceException">It does not answer in that time, refuses the user, does not exist, or was written by a newer release.</exception>
    public static async Task<PostgresEventStore> OpenAsync(PostgresStoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var connections = new PostgresConnections(options);
        try
        {
            var began = options.TimeProvider.GetTimestamp();
            for (var first = true; ; first = false)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    await using var lease = await connections.OpenAsync().ConfigureAwait(false);
                    await PostgresSchema.UpgradeAsync(lease.Connection, connections.Target).ConfigureAwait(false);
                    return new PostgresEventStore(options, connections);
                }
                catch (Exception e) when (CanWait(e) && options.TimeProvider.GetElapsedTime(began) + options.ProbeInterval < options.StartTimeout)
                {
                    if (first)
                        LogWaiting(options.Logger, connections.Target, options.StartTimeout.TotalSeconds, PostgresErrors.Explain(e));
                }
                connections.Forget();
                await Task.Delay(options.ProbeInterval, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            if (e is PersistenceException or OperationCanceledException)
                throw;
            throw PostgresErrors.Wrap("open the journal", connections.Target, e, null);
        }
    }

    private static bool CanWait(Exception e) =>
        !PostgresErrors.IsRefusal(e) && (PostgresErrors.IsLost(e) || e is PostgresException answer && PostgresErrors.IsTemporary(answer));

    /// <summary>Does what may safely be done twice. A connection that turns out to be dead is replaced by a new one, once.</summary>
    /// <param name="operation">For messages.</param>
    /// <param name="outcome">What is to be said of the outcome when the connection is lost; null for reading.</param>
    /// <param name="body">The work.</param>
    /// <param name="cancellationToken">Takes the request back as long as it has not begun.</param>
    internal async Task<T> RunAsync<T>(string operation, string? outcome, Func<NpgsqlConnection, Task<T>> body, CancellationToken cancellationToken)
    {
        Enter(operation);
        try
        {
            return await WithPermitAsync(() => RunAsync(operation, outcome, body), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private async Task<T> RunAsync<T>(string operation, string? outcome, Func<NpgsqlConnection, Task<T>> body)
    {
        for (var first = true; ; first = false)
        {
            if (_breaker.Outage is { } outage)
                throw new PersistenceException(PostgresErrors.Text(operation, _connections.Target, outage, outcome is null ? null : PostgresErrors.NothingStored));
            var isOpen = false;
            try
            {
                await using var lease = await _connections.OpenAsync().ConfigureAwait(false);
                isOpen = true;
                return await lease.WaitAsync(body(lease.Connection)).ConfigureAwait(false);
            }
            catch (Exception e) when (isOpen && first && PostgresErrors.IsLost(e) && !PostgresErrors.IsTimeout(e))
            {
                _connections.Forget();
            }
            catch (Exception e) when (e is not PersistenceException)
            {
                if (!isOpen || PostgresErrors.IsLost(e))
                    _breaker.Trip(e);
                throw PostgresErrors.Wrap(operation, _connections.Target, e, isOpen && PostgresErrors.IsLost(e) || outcome is null ? outcome : PostgresErrors.NothingStored);
            }
        }
    }

    /// <summary>Runs the work when one of the connections is free for it.</summary>
    internal async Task<T> WithPermitAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _permits.Release();
        }
    }

    /// <summary>From here to <see cref="Leave"/> closing waits.</summary>
    /// <exception cref="PersistenceException">The store is closed.</exception>
    internal void Enter(string operation)
    {
        lock (_lock)
        {
            if (_closed)
                throw new PersistenceException(PostgresErrors.Text(operation, _connections.Target, "the store is closed", PostgresErrors.NothingStored));
            _running++;
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            if (--_running == 0 && _closed)
                _drained.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            if (_running == 0)
                _drained.TrySetResult();
        }
        await _drained.Task.ConfigureAwait(false);
        await _breaker.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
        _permits.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "waiting up to {Seconds} s for {Target}: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string target, double seconds, string reason);
}
