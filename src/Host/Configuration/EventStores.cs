using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Host.Configuration;

/// <summary>Where everything is stored: PostgreSQL where one is named, else SQLite.</summary>
public static class EventStores
{
    private const string DatabaseFile = "cachemachine.db";

    /// <summary>Opens the database of <see cref="DataSettings"/> and makes what is missing. A PostgreSQL that does not answer is waited for, up to a minute.</summary>
    /// <exception cref="JournalNotOpenedException">It cannot be opened.</exception>
    public static async Task<IEventStore> OpenAsync(HostSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return settings.Data.Postgres is { } connection
                ? await PostgresEventStore.OpenAsync(
                    new PostgresStoreOptions(connection)
                    {
                        PasswordFile = settings.Data.PostgresPasswordFile,
                        TimeProvider = time,
                        Logger = loggers.CreateLogger(settings.Log.Logger),
                    },
                    cancellationToken)
                : await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(settings.Data.Directory, DatabaseFile)), cancellationToken);
        }
        catch (PersistenceException e)
        {
            throw new JournalNotOpenedException(e.Message, e);
        }
    }
}
