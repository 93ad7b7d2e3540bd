using CacheMachine.Actors.Journal;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>What <see cref="MachineService"/> runs on: the built-in runtime.</summary>
internal static class ServiceSystem
{
    public static ActorSystem Create(TimeProvider time, WatchedStore store)
    {
        var system = ActorSystem.Create("service", new ActorSystemSettings { TimeProvider = time });
        Persistence.Attach(system, store, new JournalCodec());
        return system;
    }

    public static IActorRef Shard(ActorSystem system, string type, Func<string, Props> props, IMessageExtractor extractor) =>
        ClusterSharding.Get(system).Start(type, props, new ClusterShardingSettings(), extractor);
}
