using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>One request to the writer thread, with the promise of its answer. The answer is given only after the commit.</summary>
internal abstract class SqliteWork(string operation, bool isRead, CancellationToken cancellationToken)
{
    /// <summary>What it does, for messages: "append 2 events to the journal of 'x'".</summary>
    internal string Operation { get; } = operation;

    /// <summary>Reads run outside the transaction of a group, so that none sees what is not committed.</summary>
    internal bool IsRead { get; } = isRead;

    /// <summary>Taken back by its caller before it was begun.</summary>
    internal bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>The caller has its answer already.</summary>
    internal abstract bool IsAnswered { get; }

    protected CancellationToken Token => cancellationToken;

    /// <summary>Does the work and keeps its answer; may be called again after a rollback.</summary>
    internal abstract void Run(SqliteConnection connection);

    /// <summary>The work is durable: gives the answer of <see cref="Run"/> to the caller.</summary>
    internal abstract void Succeed();

    internal abstract void Fail(Exception error);

    internal abstract void Cancel();
}

/// <inheritdoc/>
internal sealed class SqliteWork<T>(string operation, bool isRead, Func<SqliteConnection, T> body, CancellationToken cancellationToken)
    : SqliteWork(operation, isRead, cancellationToken)
{
    private readonly TaskCompletionSource<T> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _answer;

    internal override bool IsAnswered => _promise.Task.IsCompleted;

    internal Task<T> Task => _promise.Task;

    internal override void Run(SqliteConnection connection) => _answer = body(connection);

    internal override void Succeed() => _promise.TrySetResult(_answer!);

    internal override void Fail(Exception error) => _promise.TrySetException(error);

    internal override void Cancel() => _promise.TrySetCanceled(Token);
}
