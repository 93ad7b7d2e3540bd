using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static CacheMachine.Runtime.Persistence.Sqlite.SqliteConnections;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>
/// The one thread that writes. It takes everything that waits (up to <see cref="GroupLimit"/>) into one transaction, so that many actors share one fsync; each
/// request has its own savepoint, so that the failure of one stays its own. Every request gets its answer after the commit, never before.
/// </summary>
/// <remarks>The queue has no bound of its own: a persistent actor has one write under way and stashes its commands meanwhile.</remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Requests in one transaction at most: keeps the wait of the first of them short.</summary>
    private const int GroupLimit = 500;

    private static readonly Meter Meter = new(PersistenceMetrics.MeterName);
    private static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>(
        PersistenceMetrics.CommitRequests, "{request}", "Requests that shared one transaction of the journal.");

    private readonly BlockingCollection<SqliteWork> _queue = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;
    private readonly string _target;

    internal SqliteWriter(SqliteConnection connection, string target)
    {
        _connection = connection;
        _target = target;
        // A thread of its own: fsync blocks, and would otherwise take a thread from the actors.
        new Thread(Loop) { IsBackground = true, Name = "journal-writer" }.Start();
    }

    internal Task<T> EnqueueAsync<T>(string operation, bool isRead, Func<SqliteConnection, T> body, CancellationToken cancellationToken)
    {
        var work = new SqliteWork<T>(operation, isRead, body, cancellationToken);
        try
        {
            _queue.Add(work, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            work.Fail(new PersistenceException($"{operation} in {_target}: the store is closed. {SqliteErrors.NothingStored}"));
        }
        return work.Task;
    }

    /// <summary>Finishes what has been accepted, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _closed.Task.ConfigureAwait(false);
        _queue.Dispose();
    }

    private void Loop()
    {
        var group = new List<SqliteWork>(GroupLimit);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            var next = Accept(group, first);
            while (next is null && group.Count is > 0 and < GroupLimit && _queue.TryTake(out var more))
                next = Accept(group, more);
            CommitOrFail(group);
            group.Clear();
            if (next is not null)
                Read(next);
        }
        _connection.Dispose();
        _closed.SetResult();
    }

    /// <summary>Puts a write into the group; a read is given back, to be done after the group.</summary>
    private static SqliteWork? Accept(List<SqliteWork> group, SqliteWork work)
    {
        if (work.IsCancelled)
            work.Cancel();
        else if (work.IsRead)
            return work;
        else
            group.Add(work);
        return null;
    }

    private void Read(SqliteWork work)
    {
        try
        {
            work.Run(_connection);
            work.Succeed();
        }
        catch (Exception e)
        {
            work.Fail(SqliteErrors.Wrap(work.Operation, _target, e, null));
        }
    }

    /// <summary>The thread must outlive whatever happens in a group: what nobody foresaw fails the requests that have no answer yet.</summary>
    private void CommitOrFail(List<SqliteWork> group)
    {
        try
        {
            if (group.Count > 0)
                Commit(group);
        }
        catch (Exception e)
        {
            foreach (var work in group)
                work.Fail(SqliteErrors.Wrap(work.Operation, _target, e, SqliteErrors.OutcomeUnknown));
        }
    }

    private void Commit(List<SqliteWork> group)
    {
        var done = new List<SqliteWork>(group.Count);
        try
        {
            Execute(_connection, "BEGIN IMMEDIATE");
            foreach (var work in group)
            {
                if (RunInSavepoint(work))
                    done.Add(work);
            }
        }
        catch (Exception e)
        {
            RollBack();
            Retry(group, e);
            return;
        }
        try
        {
            Execute(_connection, "COMMIT");
        }
        catch (Exception e)
        {
            // A busy or refused commit leaves the transaction open, so that rolling it back makes the outcome certain. After anything else it is not.
            var outcome = InTransaction ? SqliteErrors.NothingStored : SqliteErrors.OutcomeUnknown;
            RollBack();
            foreach (var work in done)
                work.Fail(SqliteErrors.Wrap(work.Operation, _target, e, outcome));
            return;
        }
        GroupSize.Record(group.Count);
        foreach (var work in done)
            work.Succeed();
    }

    /// <summary>False: this request failed, alone. Throws when SQLite took the whole transaction back (disk full, for one).</summary>
    private bool RunInSavepoint(SqliteWork work)
    {
        try
        {
            Execute(_connection, "SAVEPOINT request");
            work.Run(_connection);
            Execute(_connection, "RELEASE request");
            return true;
        }
        catch (Exception e) when (InTransaction)
        {
            Execute(_connection, "ROLLBACK TO request; RELEASE request");
            work.Fail(SqliteErrors.Wrap(work.Operation, _target, e, SqliteErrors.NothingStored));
            return false;
        }
    }

    /// <summary>The transaction could not be begun or was taken back: a group is tried again one by one, so that one bad request does not fail the others.</summary>
    private void Retry(List<SqliteWork> group, Exception cause)
    {
        var waitedForLock = cause is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };
        if (group.Count == 1 || waitedForLock)
        {
            foreach (var work in group)
                work.Fail(SqliteErrors.Wrap(work.Operation, _target, cause, SqliteErrors.NothingStored));
            return;
        }
        foreach (var work in group.Where(work => !work.IsAnswered))
            Commit([work]);
    }

    private bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    private void RollBack()
    {
        if (InTransaction)
            Execute(_connection, "ROLLBACK");
    }
}
