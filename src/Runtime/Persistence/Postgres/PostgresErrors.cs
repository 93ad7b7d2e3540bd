using System.Net.Sockets;
using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>Sorts errors by what is certain after them, and turns them into messages that name the operation, the database and the outcome.</summary>
internal static class PostgresErrors
{
    internal const string NothingStored = "Nothing was stored.";
    internal const string OutcomeUnknown = "It is not known whether this was carried out; reading the journal again tells.";

    internal static PersistenceException Wrap(string operation, string target, Exception cause, string? outcome) =>
        new(Text(operation, target, Explain(cause), outcome), cause);

    internal static string Text(string operation, string target, string reason, string? outcome) =>
        $"{operation} in {target}: {reason}.{(outcome is null ? "" : " " + outcome)}";

    /// <summary>The server has heard nothing for too long in the midst of a transaction, and has ended the connection.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>The server ends the connection (57P: shutdown, crash, start), or there is none any more; else it answered, and the connection is good.</summary>
    internal static bool IsLost(Exception e) => e is PostgresException refused
        ? refused.SqlState is IdleInTransaction || refused.SqlState.StartsWith("57P", StringComparison.Ordinal) || refused.SqlState.StartsWith("08", StringComparison.Ordinal)
        : e is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException;

    /// <summary>No answer came in time, as when packets are dropped; a new try would wait as long.</summary>
    internal static bool IsTimeout(Exception e) => e is TimeoutException or NpgsqlException { InnerException: TimeoutException };

    /// <summary>The server could not do it now, but may later: out of memory, disk or connections (53), waiting too long (57014, 55P03), read-only for the moment (25006).</summary>
    internal static bool IsTemporary(PostgresException e) =>
        e.SqlState.StartsWith("53", StringComparison.Ordinal)
        || e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Waiting for the database is of no use: it answers, and refuses this user (28), or does not have this database (3D000).</summary>
    internal static bool IsRefusal(Exception e) => e is PostgresException refused
        && (refused.SqlState.StartsWith("28", StringComparison.Ordinal) || refused.SqlState == PostgresErrorCodes.InvalidCatalogName);

    internal static string Explain(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => "the server gave up waiting, as for another writer of the same log",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the server's disk is full",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "the server is read-only, as a standby is",
        PostgresException refused => $"the server says '{refused.MessageText}' (SQLSTATE {refused.SqlState})",
        _ when IsTimeout(cause) => "it did not answer in time",
        { InnerException: { } inner } when cause is NpgsqlException => $"{cause.Message.TrimEnd('.')} ({inner.Message.TrimEnd('.')})",
        _ => cause.Message.TrimEnd('.'),
    };
}
