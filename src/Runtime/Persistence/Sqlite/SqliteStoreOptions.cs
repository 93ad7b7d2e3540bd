namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>Where the database is and how long to wait for it.</summary>
/// <param name="Path">The file, created with its directory if it is not there; null for a database in memory that ends with the store.</param>
public sealed record SqliteStoreOptions(string? Path)
{
    /// <summary>A database in memory that ends with the store.</summary>
    public static SqliteStoreOptions InMemory { get; } = new((string?)null);

    /// <summary>How long a write waits while another process holds the file's lock, before it fails; 5 s unless told. At least a second in effect.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the database is called in messages.</summary>
    internal string Target => Path is null ? "the SQLite database in memory" : $"the SQLite database '{Path}'";
}
