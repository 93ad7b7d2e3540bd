using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Hosting.Coordination;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Supervisor;

/// <summary>Adds the supervisor to an actor system.</summary>
public static class SupervisorExtensions
{
    private static readonly TimeSpan MinBackoff = TimeSpan.FromMilliseconds(500), MaxBackoff = TimeSpan.FromSeconds(1);

    /// <summary>
    /// One supervisor in the whole cluster; <c>IRequiredActor&lt;MachineSupervisorActor&gt;</c> reaches it from every replica. It stops when the journal fails, and is
    /// started again with backoff. Needs the cluster watcher, the copies and the machines, and in the service container an <see cref="IPulls"/> and
    /// <see cref="JournalTroubles"/>.
    /// </summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="settings">What bounds the list of machines.</param>
    /// <param name="lease">What the supervisor runs under besides, so that there is one even if there were two clusters; null for nothing.</param>
    public static AkkaConfigurationBuilder AddSupervisor(
        this AkkaConfigurationBuilder akka, SupervisorSettings settings, LeaseOptionBase? lease = null) => akka.WithSingleton<MachineSupervisorActor>(
        MachineSupervisorActor.Id,
        (_, registry, resolver) =>
        {
            var (machines, watcher, pulls) = (registry.Get<MachineActor>(), registry.Get<ClusterWatcherActor>(), resolver.GetService<IPulls>());
            var (copies, troubles) = (registry.Get<CopyKeeperActor>(), resolver.GetService<JournalTroubles>());
            // What comes for it while it is stopped is a dead letter too.
            return BackoffSupervisor.Props(Backoff.OnStop(
                Props.Create(() => new MachineSupervisorActor(machines, watcher, pulls, copies, troubles, settings)),
                "supervisor", MinBackoff, MaxBackoff, 0.2, -1));
        },
        new ClusterSingletonOptions
        {
            LeaseImplementation = lease,
            SingletonIdentificationInterval = TimeSpan.FromMilliseconds(200),
            LogSingletonIdentificationFailure = false,
        })
        .WithActors((system, _, resolver) =>
        {
            var troubles = resolver.GetService<JournalTroubles>();
            system.ActorOf(Props.Create(() => new LostMessagesActor(troubles)), "lost-messages");
        });
}
