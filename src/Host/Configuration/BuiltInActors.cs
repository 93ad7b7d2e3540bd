using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Host.Configuration;

/// <summary>Puts the actors together on the built-in runtime.</summary>
public static class BuiltInActors
{
    private const string DatabaseFile = "cachemachine.db";

    /// <summary>Opens the journal and starts the watcher, the machines' region and the supervisor, which starts every machine it knows.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be opened.</exception>
    public static async Task<MachineActors> StartAsync(
        HostSettings settings, ClusterConnection cluster, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = await OpenAsync(settings, cancellationToken);
        var system = ActorSystem.Create("cachemachine", new ActorSystemSettings { TimeProvider = time, LoggerFactory = loggers });
        Persistence.Attach(system, store, new JournalCodec());

        var watcher = system.ActorOf(Props.Create(() => new ClusterWatcherActor(cluster.Cluster)), "cluster-watcher");
        var repoMen = new RepoManFactory(
            cluster.Registry, new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax));
        var budget = settings.Pull.MaxNodesPulling is { } most ? system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget") : null;
        var services = new MachineServices(cluster.Cluster, watcher, budget, repoMen, settings.Pull.ToMachineSettings(), time);
        var machines = ClusterSharding.Get(system).Start(
            CacheMachineActor.TypeName, name => Props.Create(() => new CacheMachineActor(name, services)), new ClusterShardingSettings(),
            new MachineMessageExtractor(settings.Cluster.Shards));
        var supervisor = ClusterSharding.Get(system).Start(
            MachineSupervisorActor.TypeName, _ => Props.Create(() => new MachineSupervisorActor(machines, watcher, cluster.Cluster)), new ClusterShardingSettings(),
            new SupervisorMessageExtractor(settings.Cluster.Shards));
        system.ActorOf(Props.Create(() => new SupervisorKeeperActor(supervisor)), "supervisor-keeper");

        return new MachineActors(supervisor, machines, async () =>
        {
            await system.Terminate();
            await store.DisposeAsync();
        });
    }

    private static async Task<IEventStore> OpenAsync(HostSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(settings.DataDirectory, DatabaseFile)), cancellationToken);
        }
        catch (PersistenceException e)
        {
            throw new JournalUnavailableException(e.Message, e);
        }
    }
}
