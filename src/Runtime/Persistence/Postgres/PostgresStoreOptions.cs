using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>Where the database is and how long to wait for it. Not a record: its text must never show the connection string, which holds a password.</summary>
/// <param name="connectionString">As Npgsql reads it, for example <c>Host=db;Database=cachemachine;Username=cachemachine;Password=...</c>.</param>
public sealed class PostgresStoreOptions(string connectionString)
{
    /// <summary>A file with the password, read for each new connection, so that a Secret may change while the service runs; null: the connection string has it.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Clock of the probe, of the waits between tries, and of the time-outs.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Told when the database goes away and comes back, and what a start waits for.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Longest wait for a connection; 2 s unless told.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After this time without an answer a connection counts as lost, at least 2 s; 5 s unless told.</summary>
    internal TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="PostgresEventStore.OpenAsync"/> waits for a database that does not answer; 60 s unless told.</summary>
    internal TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an append whose COMMIT got no answer asks what became of it; 5 s unless told.</summary>
    internal TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a database that is away is looked for; 1 s unless told.</summary>
    internal TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    internal string ConnectionString => connectionString;
}
