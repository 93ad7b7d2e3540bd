using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Pattern;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Host.Configuration;

/// <summary>Puts the actors together on the built-in runtime.</summary>
public static class BuiltInActors
{
    /// <summary>Opens the journal and starts the watcher, the machines' region and the supervisor, which starts every machine it knows.</summary>
    /// <exception cref="PersistenceException">The journal cannot be opened.</exception>
    public static async Task<MachineActors> StartAsync(
        HostSettings settings, ClusterConnection cluster, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = await EventStores.OpenAsync(settings, loggers, time, cancellationToken);
        var system = ActorSystem.Create("cachemachine", new ActorSystemSettings { TimeProvider = time, LoggerFactory = loggers });
        Persistence.Attach(system, store, new JournalCodec());

        var watcher = system.ActorOf(Props.Create(() => new ClusterWatcherActor(cluster.Cluster)), "cluster-watcher");
        var repoMen = new RepoManFactory(
            cluster.Registry, new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax));
        var budget = settings.Pull.MaxNodesPulling is { } most ? system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget") : null;
        var services = new MachineServices(cluster.Cluster, watcher, budget, repoMen, settings.Pull.ToMachineSettings() with { History = settings.Data.History }, time);
        var machines = ClusterSharding.Get(system).Start(
            CacheMachineActor.TypeName, name => Props.Create(() => new CacheMachineActor(name, services)), new ClusterShardingSettings(),
            new MachineMessageExtractor(settings.Sharding.Shards));
        // It stops when the journal refuses a write, and must come back.
        var supervisor = system.ActorOf(
            BackoffSupervisor.Props(Backoff.OnStop(
                Props.Create(() => new MachineSupervisorActor(machines, watcher, cluster.Cluster, time)),
                "supervisor", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), 0.2, -1)),
            "machine-supervisor");

        return new MachineActors(supervisor, machines, async () =>
        {
            await system.Terminate();
            await store.DisposeAsync();
        });
    }
}
