using CacheMachine.Host.Configuration.Settings;
using LinqToDB;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>Which database Akka.Persistence.Sql writes to: the one that the built-in runtime would write to.</summary>
/// <param name="connectionString">In the words of the driver; it may hold a password.</param>
/// <param name="provider">In the words of linq2db.</param>
internal sealed class AkkaJournal(string connectionString, string provider)
{
    private const string DatabaseFile = "cachemachine.db";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60), Again = TimeSpan.FromSeconds(1);

    /// <summary>In the words of the driver.</summary>
    public string ConnectionString => connectionString;

    /// <summary>In the words of linq2db.</summary>
    public string Provider => provider;

    /// <summary>Makes sure that the database can be opened: Akka.NET would find out later, and only log it. A PostgreSQL that does not answer is waited for, up to a minute.</summary>
    /// <exception cref="JournalNotOpenedException">It cannot.</exception>
    public static async Task<AkkaJournal> OpenAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken) =>
        settings.Data.Postgres is { } postgres
            ? new(await OpenPostgresAsync(postgres, settings.Data.PostgresPasswordFile, time, cancellationToken), ProviderName.PostgreSQL95)
            : new(OpenSqlite(settings.Data.Directory), ProviderName.SQLiteMS);

    private static string OpenSqlite(string directory)
    {
        var path = Path.Combine(directory, DatabaseFile);
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        try
        {
            Directory.CreateDirectory(directory);
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL";
            command.ExecuteScalar();
            return connectionString;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new JournalNotOpenedException($"open the SQLite database '{path}': {e.Message}", e);
        }
    }

    private static async Task<string> OpenPostgresAsync(string connectionString, string? passwordFile, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var target = $"the PostgreSQL database '{builder.Database}' at {builder.Host}:{builder.Port}";
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                if (passwordFile is not null)
                    builder.Password = (await File.ReadAllTextAsync(passwordFile, cancellationToken)).TrimEnd('\r', '\n');
                await using var connection = new NpgsqlConnection(builder.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return builder.ConnectionString;
            }
            catch (Exception e) when (e is NpgsqlException { IsTransient: true } && time.GetElapsedTime(began) < StartTimeout)
            {
                await Task.Delay(Again, time, cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                throw new JournalNotOpenedException($"open {target}: {e.Message}", e);
            }
        }
    }
}
