using CacheMachine.Actors;
using CacheMachine.Host.Settings;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CacheMachine.Host.Startup;

/// <summary>The database of the journal and the snapshots: PostgreSQL where one is configured, else SQLite.</summary>
/// <param name="host">Which.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Says that a database is waited for.</param>
internal sealed partial class JournalDatabase(HostSettings host, TimeProvider time, ILogger<JournalDatabase> logger) : IHostedService, IAsyncDisposable
{
    private const string DatabaseFile = "cachemachine.db";

    private const int ConnectSeconds = 4;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly DataSettings _settings = host.Data;
    private readonly NpgsqlDataSource? _postgres =
        host.Data.Postgres is { } connection ? Postgres(connection, host.Data.PostgresPasswordFile) : null;

    private IDisposable? _lock;

    /// <summary>For Akka.Persistence.Sql, which wants the provider by name besides. It may hold a password.</summary>
    public DataOptions Options => _postgres is { } postgres
        ? new DataOptions().UseConnectionFactory(PostgreSQLTools.GetDataProvider(PostgreSQLVersion.v95), _ => postgres.CreateConnection())
            .WithOptions<ConnectionOptions>(options => options with { ProviderName = ProviderName.PostgreSQL95 })
        : new DataOptions().UseConnectionString(ProviderName.SQLiteMS, Sqlite);

    private string SqlitePath => Path.Combine(_settings.Directory, DatabaseFile);

    private string Sqlite => new SqliteConnectionStringBuilder { DataSource = SqlitePath }.ToString();

    /// <summary>Makes sure that the database can be opened: Akka.Persistence would find out later. A PostgreSQL that does not answer is waited for.</summary>
    /// <exception cref="JournalNotOpenedException">It cannot be opened.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _postgres is { } postgres ? OpenAsync(postgres, cancellationToken) : OpenSqliteAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _lock?.Dispose();
        return _postgres?.DisposeAsync() ?? default;
    }

    private static NpgsqlDataSource Postgres(string connectionString, string? passwordFile)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        // Npgsql's 15 s are longer than anybody waits for the journal.
        if (!builder.ConnectionStringBuilder.ContainsKey("Timeout"))
            builder.ConnectionStringBuilder.Timeout = ConnectSeconds;
        // Read for each new connection: a Secret may change.
        if (passwordFile is not null)
        {
            builder.UsePasswordProvider(
                _ => File.ReadAllText(passwordFile).TrimEnd('\r', '\n'),
                async (_, cancelled) => (await File.ReadAllTextAsync(passwordFile, cancelled)).TrimEnd('\r', '\n'));
        }
        return builder.Build();
    }

    private async Task OpenSqliteAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(_settings.Directory);
            // Several replicas on one computer may share it; they agree on who runs what.
            _lock = DirectoryLock.Take(_settings.Directory, host.Cluster.Enabled);
            await using var connection = new SqliteConnection(Sqlite);
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL";
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new JournalNotOpenedException($"open the SQLite database '{SqlitePath}': {e.Message}", e);
        }
    }

    private async Task OpenAsync(NpgsqlDataSource postgres, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(_settings.Postgres);
        // As PostgreSQL has it.
        builder.Database ??= builder.Username;
        string? trouble = null;
        while (true)
        {
            try
            {
                // Npgsql does not let go at once when it waits for a server that says nothing.
                await using var connection = await postgres.OpenConnectionAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
                if (trouble is not null)
                    LogThere(logger, builder.Database, builder.Host, builder.Port);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                var why = JournalTroubles.InWords(e);
                if (why != trouble)
                    LogAway(logger, builder.Database, builder.Host, builder.Port, trouble = why);
                await Task.Delay(Again, time, cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                throw new JournalNotOpenedException($"open the PostgreSQL database '{builder.Database}' at {builder.Host}:{builder.Port}: {e.Message}", e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The PostgreSQL database {Database} at {Host}:{Port} cannot be opened; waiting for it: {Error}")]
    private static partial void LogAway(ILogger logger, string? database, string? host, int port, string error);

    [LoggerMessage(LogLevel.Information, "The PostgreSQL database {Database} at {Host}:{Port} is available")]
    private static partial void LogThere(ILogger logger, string? database, string? host, int port);
}
