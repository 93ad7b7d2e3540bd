using Akka.Hosting;

namespace CacheMachine.Actors.Nodes;

/// <summary>Adds the cluster watcher to an actor system.</summary>
public static class ClusterWatcherExtensions
{
    /// <summary>One watcher of the cluster for each replica. It needs an <see cref="IClusterWatch"/> and a <see cref="TimeProvider"/> in the service container.</summary>
    public static AkkaConfigurationBuilder AddClusterWatcher(this AkkaConfigurationBuilder akka) => akka.WithActors(
        (system, registry, resolver) => registry.Register<ClusterWatcherActor>(system.ActorOf(resolver.Props<ClusterWatcherActor>(), "cluster-watcher")));
}
