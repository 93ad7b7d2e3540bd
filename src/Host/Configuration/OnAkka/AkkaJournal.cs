using CacheMachine.Host.Configuration.Settings;
using Microsoft.Data.Sqlite;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>Which database Akka.Persistence.Sql writes to: the one that the built-in runtime would write to.</summary>
/// <param name="ConnectionString">In the words of the driver.</param>
/// <param name="Provider">In the words of linq2db.</param>
internal sealed record AkkaJournal(string ConnectionString, string Provider)
{
    private const string DatabaseFile = "cachemachine.db";

    /// <summary>Makes sure that the database can be opened: Akka.NET would find out later, and only log it.</summary>
    /// <exception cref="JournalUnavailableException">It cannot.</exception>
    public static AkkaJournal Open(HostSettings settings)
    {
        var path = Path.Combine(settings.DataDirectory, DatabaseFile);
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        try
        {
            Directory.CreateDirectory(settings.DataDirectory);
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL";
            command.ExecuteScalar();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException($"open the SQLite database '{path}': {e.Message}", e);
        }
        return new AkkaJournal(connectionString, LinqToDB.ProviderName.SQLiteMS);
    }
}
