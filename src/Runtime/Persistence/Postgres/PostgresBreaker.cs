using Microsoft.Extensions.Logging;
using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>
/// Knows whether the database is away. From the first failure on one probe looks for it, and everybody else is told at once instead of waiting
/// for a time-out of his own.
/// </summary>
internal sealed partial class PostgresBreaker(PostgresConnections connections, PostgresStoreOptions options) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private volatile string? _outage;
    private Task _probe = Task.CompletedTask;

    /// <summary>Why the database is away, in words; null: it is not, as far as is known.</summary>
    internal string? Outage => _outage;

    /// <summary>The database did not answer. Gives the reason in words.</summary>
    internal string Trip(Exception cause)
    {
        var reason = PostgresErrors.Explain(cause);
        lock (_lock)
        {
            if (_outage is null && !_closed.IsCancellationRequested)
            {
                _outage = reason;
                LogAway(options.Logger, connections.Target, reason);
                _probe = Task.Run(ProbeAsync);
            }
        }
        return reason;
    }

    private async Task ProbeAsync()
    {
        while (!await IsBackAsync().ConfigureAwait(false))
        {
            try
            {
                await Task.Delay(options.ProbeInterval, options.TimeProvider, _closed.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        lock (_lock)
            _outage = null;
        LogBack(options.Logger, connections.Target);
    }

    /// <summary>One look, which ends in any case: were it to wait for ever, so would everybody else.</summary>
    private async Task<bool> IsBackAsync()
    {
        try
        {
            return await Task.Run(LookAsync).WaitAsync(options.ConnectTimeout + options.CommandTimeout, options.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever it is, the next probe asks again; why it went away has been logged.
            return false;
        }
    }

    private async Task<bool> LookAsync()
    {
        connections.Forget();
        await using var lease = await connections.OpenUnpooledAsync().ConfigureAwait(false);
        return await lease.WaitAsync(AskAsync(lease.Connection)).ConfigureAwait(false);
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection)
    {
        await using var command = PostgresJournal.Command(connection, "SELECT 1");
        return await command.ExecuteScalarAsync().ConfigureAwait(false) is not null;
    }

    public async ValueTask DisposeAsync()
    {
        Task probe;
        lock (_lock)
        {
            _closed.Cancel();
            probe = _probe;
        }
        await probe.ConfigureAwait(false);
        _closed.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "{Target} is away: {Reason}. What has to be stored is refused until it is back")]
    private static partial void LogAway(ILogger logger, string target, string reason);

    [LoggerMessage(LogLevel.Information, "{Target} is back")]
    private static partial void LogBack(ILogger logger, string target);
}
