using Akka.Configuration;
using CacheMachine.Host.Configuration.OnAkka;
using CacheMachine.Runtime.TestKit;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>What <see cref="MachineService"/> runs on: Akka.NET, a cluster of one replica, in virtual time.</summary>
internal static class ServiceSystem
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static ActorSystem Create(VirtualTimeProvider time, WatchedStore store)
    {
        var config = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon/akka.conf")));
        var system = Create(store.Config.WithFallback(TimeProviderScheduler.On(time)).WithFallback(CountedDispatcher.Everywhere).WithFallback(config));
        _ = CreepAsync(time, system.WhenTerminated);
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        return system;
    }

    /// <summary>An actor system whose codecs are ours, in the configuration that is given.</summary>
    public static ActorSystem Create(Config config) => ActorSystem.Create("service", BootstrapSetup.Create()
        .WithConfig(ConfigurationFactory.ParseString("akka.loglevel = ERROR\nakka.stdout-loglevel = ERROR").WithFallback(Codecs.NoOthers).WithFallback(config))
        .And(Codecs.Setup));

    public static IActorRef Shard(ActorSystem system, string type, Func<string, Props> props, IMessageExtractor extractor) =>
        ClusterSharding.Get(system).Start(type, props, ClusterShardingSettings.Create(system), extractor);

    // Akka.NET's cluster and shards need their own timers even to pass on a first message, so here the clock never stands still for long.
    private static async Task CreepAsync(VirtualTimeProvider time, Task ended)
    {
        while (!ended.IsCompleted)
        {
            time.Advance(Step);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
