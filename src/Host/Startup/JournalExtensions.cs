using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Hosting;
using CacheMachine.Host.Observability;
using CacheMachine.Host.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CacheMachine.Host.Startup;

/// <summary>Adds the journal and the snapshot store.</summary>
internal static class JournalExtensions
{
    /// <summary>Opens the database before whatever is added later starts; SQLite's disk is watched.</summary>
    public static void AddJournalDatabase(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton<JournalDatabase>().AddHostedService(provider => provider.GetRequiredService<JournalDatabase>());
        if (settings.Data.Postgres is null)
        {
            services.AddHostedService(provider => new FreeSpace(
                settings.Data.Directory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FreeSpace>>()));
        }
    }

    /// <summary>Keeps events and snapshots in <paramref name="database"/>, in the default tables of Akka.Persistence.Sql.</summary>
    public static AkkaConfigurationBuilder AddJournal(this AkkaConfigurationBuilder akka, JournalDatabase database) => akka.WithSqlPersistence(
        database.Options,
        PersistenceMode.Both,
        journalBuilder: journal => journal.WithHealthCheck(HealthStatus.Degraded, "akka.journal", [Health.Ready]));
}
