using Akka.Cluster;
using Akka.DistributedData;
using Akka.Hosting;

namespace CacheMachine.Actors.Copies;

/// <summary>Adds the copies of what actors answer to an actor system, and reads them.</summary>
public static class CopyExtensions
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(1);

    /// <summary>One copy keeper for each replica. It needs a <see cref="TimeProvider"/> in the service container.</summary>
    public static AkkaConfigurationBuilder AddCopies(this AkkaConfigurationBuilder akka) => akka.WithActors((system, registry, resolver) =>
    {
        var (time, replicator, self) = (resolver.GetService<TimeProvider>(), DistributedData.Get(system).Replicator, Cluster.Get(system).SelfUniqueAddress);
        registry.Register<CopyKeeperActor>(system.ActorOf(Props.Create(() => new CopyKeeperActor(time, replicator, self)), "copies"));
    });

    /// <summary>The copy that this replica has, and who published it; null where it has none. No other replica is asked.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="key">See <see cref="CopyKeys"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LWWRegister<ReadCopy>?> ReadCopyAsync(this ActorSystem system, string key, CancellationToken cancellationToken)
    {
        var register = CopyKeys.Register(key);
        try
        {
            return await DistributedData.Get(system).Replicator.Ask<IGetResponse>(Dsl.Get(register, ReadLocal.Instance), ReadTimeout, cancellationToken) is { IsSuccessful: true } found
                ? found.Get(register)
                : null;
        }
        catch (AskTimeoutException)
        {
            // The replica is leaving.
            return null;
        }
    }
}
