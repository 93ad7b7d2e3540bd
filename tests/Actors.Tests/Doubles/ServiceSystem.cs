using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using CacheMachine.Actors.Serialization;
using CacheMachine.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>What <see cref="MachineService"/> runs on: Akka.NET, a cluster of one replica, in virtual time.</summary>
internal static class ServiceSystem
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>An actor system with the product's serializers.</summary>
    /// <param name="configure">What else it has.</param>
    /// <param name="services">What its actors need.</param>
    public static IHost Start(Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        services?.Invoke(builder.Services);
        builder.Services.AddAkka("service", akka =>
        {
            akka.AddHocon("akka.loglevel = ERROR\nakka.stdout-loglevel = ERROR", HoconAddMode.Prepend);
            akka.AddSetup(Serializers.Setup).WithStrictSerialization();
            configure(akka);
        });
        var host = builder.Build();
        host.Start();
        return host;
    }

    /// <summary>The same as a cluster of one, in virtual time.</summary>
    public static IHost Start(VirtualTimeProvider time, WatchedStore store, Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection> services) => Start(
        akka =>
        {
            akka.AddHocon(store.Config.WithFallback(TimeProviderScheduler.On(time)).WithFallback(CountedDispatcher.Everywhere), HoconAddMode.Prepend);
            akka.AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon/akka.conf"), HoconAddMode.Append);
            akka.WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 }).WithClustering();
            akka.AddStartup((ActorSystem system, IActorRegistry registry) =>
            {
                _ = CreepAsync(time, system.WhenTerminated);
                var cluster = Akka.Cluster.Cluster.Get(system);
                cluster.Join(cluster.SelfAddress);
            });
            configure(akka);
        },
        services);

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
