using Akka.Cluster.Hosting;
using Akka.Hosting;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Machines;

/// <summary>Adds the machines to an actor system.</summary>
public static class MachineExtensions
{
    /// <summary>
    /// The shard region of the machines, as <c>IRequiredActor&lt;MachineActor&gt;</c>. Needs the cluster watcher and the copies, and in the service
    /// container <see cref="IPulls"/>, <see cref="RepoManFactory"/>, <see cref="JournalTroubles"/> and <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="settings">Of every machine.</param>
    /// <param name="shards">Shards that the machines are spread over; the same on every replica.</param>
    public static AkkaConfigurationBuilder AddMachines(this AkkaConfigurationBuilder akka, MachineSettings settings, int shards) =>
        akka.WithShardRegion<MachineActor>(
            MachineActor.TypeName,
            (_, registry, resolver) =>
            {
                var services = new MachineServices(
                    resolver.GetService<IPulls>(), registry.Get<ClusterWatcherActor>(),
                    registry.TryGet<PullBudgetActor>(out var budget) ? budget : null,
                    resolver.GetService<RepoManFactory>(), settings, resolver.GetService<TimeProvider>(),
                    registry.Get<CopyKeeperActor>(), resolver.GetService<JournalTroubles>());
                return name => Props.Create(() => new MachineActor(name, services));
            },
            new MachineMessageExtractor(shards),
            new ShardOptions
            {
                HandOffStopMessage = HandOff.Instance,
                // The supervisor knows which machines there are.
                RememberEntities = false,
                // A machine is never idle: it watches nodes and registries whether or not anybody asks.
                ShouldPassivateIdleEntities = false,
                StateStoreMode = StateStoreMode.DData,
            });
}
