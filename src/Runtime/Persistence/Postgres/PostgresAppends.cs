using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>
/// Carries appends out and says what became of them. Before the COMMIT is sent it is certain that nothing is stored, whatever fails; when its answer is
/// lost, the database is asked.
/// </summary>
internal sealed class PostgresAppends(PostgresConnections connections, PostgresBreaker breaker, PostgresStoreOptions options)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly string _writerUuid = Guid.NewGuid().ToString();

    internal async Task<AppendResult> RunAsync(PostgresAppend append)
    {
        var result = await TryAsync(append).ConfigureAwait(false);
        // A pooled connection that had died, as after a restart of the server; the pool has been emptied.
        return result ?? await TryAsync(append).ConfigureAwait(false) ?? Unavailable(breaker.Trip(new IOException("connections to it are lost")));
    }

    /// <summary>Null: the connection was lost before the COMMIT.</summary>
    private async Task<AppendResult?> TryAsync(PostgresAppend append)
    {
        if (breaker.Outage is { } outage)
            return Unavailable(outage);
        PostgresLease lease;
        try
        {
            lease = await connections.OpenAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Unavailable(breaker.Trip(e));
        }
        (Exception Cause, long Ordering) lost;
        await using (lease.ConfigureAwait(false))
        {
            (NpgsqlTransaction Transaction, long Highest, long? Ordering) inserted;
            try
            {
                inserted = await lease.WaitAsync(append.InsertAsync(lease.Connection, connections.Limits, _writerUuid)).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresErrors.IsLost(e))
            {
                connections.Forget();
                return PostgresErrors.IsTimeout(e) ? Unavailable(breaker.Trip(e)) : null;
            }
            catch (PostgresException e)
            {
                return await RefusedAsync(append, e).ConfigureAwait(false);
            }
            if (inserted.Ordering is not { } ordering)
            {
                // There is nothing in the transaction; closing the connection ends it.
                return new AppendResult.Conflict(append.First, inserted.Highest);
            }
            try
            {
                return await lease.WaitAsync(CommitAsync(inserted.Transaction)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                lost = (e, ordering);
            }
        }
        connections.Forget();
        return await ResolveAsync(append, lost.Ordering, lost.Cause).ConfigureAwait(false);
    }

    private static async Task<AppendResult> CommitAsync(NpgsqlTransaction transaction)
    {
        await transaction.CommitAsync().ConfigureAwait(false);
        return AppendResult.Stored.Instance;
    }

    /// <summary>The server answered, and the answer is no.</summary>
    private async Task<AppendResult> RefusedAsync(PostgresAppend append, PostgresException e)
    {
        if (PostgresErrors.IsTemporary(e))
            return Unavailable(PostgresErrors.Explain(e));
        if (e.SqlState.StartsWith("22", StringComparison.Ordinal))
            return new AppendResult.Rejected(PostgresErrors.Explain(e));
        if (e.SqlState != PostgresErrorCodes.UniqueViolation)
            throw PostgresErrors.Wrap(append.Operation, connections.Target, e, PostgresErrors.NothingStored);
        // Somebody who does not take our lock, as Akka.NET, was quicker.
        try
        {
            await using var lease = await connections.OpenAsync().ConfigureAwait(false);
            return new AppendResult.Conflict(append.First, await lease.WaitAsync(append.HighestAsync(lease.Connection)).ConfigureAwait(false));
        }
        catch (Exception unread) when (PostgresErrors.IsLost(unread))
        {
            return new AppendResult.Conflict(append.First, append.First);
        }
    }

    /// <summary>The answer to the COMMIT was lost. The row itself tells, by its <c>ordering</c> and writer, once the database answers again.</summary>
    private async Task<AppendResult> ResolveAsync(PostgresAppend append, long ordering, Exception cause)
    {
        var began = options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await using var lease = await connections.OpenAsync().ConfigureAwait(false);
                return await lease.WaitAsync(append.IsStoredAsync(lease.Connection, connections.Limits, _writerUuid, ordering)).ConfigureAwait(false)
                    ? AppendResult.Stored.Instance
                    : Unavailable($"the connection was lost before the commit ({PostgresErrors.Explain(cause)})");
            }
            catch (Exception e) when (e is NpgsqlException || PostgresErrors.IsLost(e))
            {
                connections.Forget();
                if (PostgresErrors.IsLost(e))
                    breaker.Trip(e);
            }
            if (options.TimeProvider.GetElapsedTime(began) >= options.ResolveTimeout)
                throw PostgresErrors.Wrap(append.Operation, connections.Target, cause, PostgresErrors.OutcomeUnknown);
            await Task.Delay(AskAgainAfter, options.TimeProvider).ConfigureAwait(false);
        }
    }

    private AppendResult.Unavailable Unavailable(string reason) => new($"{connections.Target} cannot be written: {reason}");
}
