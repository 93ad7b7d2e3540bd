using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>Turns SQLite's errors into messages that name the operation, the database, and what is certain about the outcome.</summary>
internal static class SqliteErrors
{
    internal const string NothingStored = "Nothing was stored.";
    internal const string OutcomeUnknown = "It is not known whether this was stored; reading the journal again tells.";

    internal static PersistenceException Wrap(string operation, string target, Exception cause, string? outcome)
    {
        var reason = cause is SqliteException sqlite ? $"{Explain(sqlite)} (SQLite error {sqlite.SqliteExtendedErrorCode}: {sqlite.Message})" : cause.Message;
        return new PersistenceException($"{operation} in {target}: {reason}.{(outcome is null ? "" : " " + outcome)}", cause);
    }

    private static string Explain(SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another process holds the lock on the file and did not release it in time",
        raw.SQLITE_NOTADB => "the file is not a SQLite database",
        raw.SQLITE_CORRUPT => "the file is damaged; restore it from a backup",
        raw.SQLITE_CANTOPEN => "the file cannot be opened; check the path and its permissions",
        raw.SQLITE_READONLY or raw.SQLITE_PERM => "the file or its directory is not writable",
        raw.SQLITE_FULL => "the disk is full",
        raw.SQLITE_IOERR => "the disk reports an input or output error",
        _ => "SQLite refused",
    };
}
