using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Hosting;
using CacheMachine.Host.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CacheMachine.Host.Startup;

/// <summary>Adds the journal and the snapshot store to an actor system.</summary>
internal static class JournalExtensions
{
    /// <summary>Keeps events and snapshots in <paramref name="database"/>, in the default tables of Akka.Persistence.Sql.</summary>
    public static AkkaConfigurationBuilder AddJournal(this AkkaConfigurationBuilder akka, JournalDatabase database) => akka.WithSqlPersistence(
        database.Options,
        PersistenceMode.Both,
        journalBuilder: journal => journal.WithHealthCheck(HealthStatus.Degraded, "akka.journal", [Health.Ready]));
}
