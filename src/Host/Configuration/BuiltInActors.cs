using CacheMachine.Actors;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Host.Peers;

namespace CacheMachine.Host.Configuration;

/// <summary>Puts the actors together on the built-in runtime.</summary>
public static class BuiltInActors
{
    /// <summary>Opens the journal and starts the watcher, the machines' region and the supervisor, which starts every machine it knows.</summary>
    /// <exception cref="JournalNotOpenedException">The journal cannot be opened.</exception>
    public static async Task<MachineActors> StartAsync(
        HostSettings settings, ClusterConnection cluster, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = await EventStores.OpenAsync(settings, loggers, time, cancellationToken);
        var system = ActorSystem.Create("cachemachine", new ActorSystemSettings { TimeProvider = time, LoggerFactory = loggers });
        PeerCluster? peers = null;
        try
        {
            if (settings.Cluster.Enabled)
            {
                var leases = new KubernetesLeases(
                    cluster.Client, cluster.Namespace, settings.Cluster.Name, cluster.Owner, settings.Cluster.RenewEvery, time, loggers.CreateLogger<KubernetesLeases>());
                peers = await PeerCluster.JoinAsync(settings, system, leases, loggers, time, cancellationToken);
            }
            return Start(settings, cluster, time, system, store, peers);
        }
        catch
        {
            await StopAsync(system, store, peers);
            throw;
        }
    }

    /// <summary>What replicas that are started together on this machine are told besides their settings: any port will do, the leases say which.</summary>
    /// <param name="replicas">How many.</param>
    /// <returns>For each its environment variables.</returns>
    internal static IReadOnlyList<IReadOnlyDictionary<string, string>> EnvironmentOfReplicas(int replicas) =>
        [.. Enumerable.Repeat(new Dictionary<string, string> { ["CACHEMACHINE__CLUSTER__PORT"] = "0" }, replicas)];

    private static MachineActors Start(
        HostSettings settings, ClusterConnection cluster, TimeProvider time, ActorSystem system, IEventStore store, PeerCluster? peers)
    {
        var sharding = ClusterSharding.Get(system);
        var machineIds = new MachineMessageExtractor(settings.Cluster.Shards);
        var supervisorIds = new SupervisorMessageExtractor(settings.Cluster.Shards);
        bool OwnsMachine(string name) => sharding.Holds(machineIds.ShardId(name));
        bool OwnsSupervisor() => sharding.Holds(supervisorIds.ShardId(MachineSupervisorActor.Id));
        Persistence.Attach(
            system, new FencedEventStore(store, id => CacheMachineActor.MachineOf(id) is { } name ? OwnsMachine(name) : OwnsSupervisor()), new JournalCodec());

        var watcher = system.ActorOf(Props.Create(() => new ClusterWatcherActor(cluster.Cluster)), "cluster-watcher");
        var repoMen = new RepoManFactory(
            cluster.Registry, new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax));
        var budget = settings.Pull.MaxNodesPulling is { } most ? system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget") : null;
        var services = new MachineServices(cluster.Cluster, watcher, budget, repoMen, settings.Pull.ToMachineSettings() with { History = settings.Data.History }, time);
        var machines = sharding.Start(
            CacheMachineActor.TypeName, name => Machine(name, services with { Cluster = new FencedClusterApi(cluster.Cluster, $"machine {name}", () => OwnsMachine(name)) }),
            new ClusterShardingSettings(), machineIds, HandOff.Instance);
        var fenced = new FencedClusterApi(cluster.Cluster, "the supervisor", OwnsSupervisor);
        var supervisor = sharding.Start(
            MachineSupervisorActor.TypeName, _ => Props.Create(() => new MachineSupervisorActor(machines, watcher, fenced)),
            new ClusterShardingSettings(), supervisorIds, HandOff.Instance);
        system.ActorOf(Props.Create(() => new SupervisorKeeperActor(supervisor)), "supervisor-keeper");

        return new MachineActors(supervisor, machines, () => peers?.LeaveAsync() ?? Task.CompletedTask, () => StopAsync(system, store, peers));
    }

    private static Props Machine(string name, MachineServices services) => Props.Create(() => new CacheMachineActor(name, services));

    private static async Task StopAsync(ActorSystem system, IEventStore store, PeerCluster? peers)
    {
        await system.Terminate();
        if (peers is not null)
            await peers.DisposeAsync();
        await store.DisposeAsync();
    }
}
