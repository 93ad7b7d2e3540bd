using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Configuration.OnAkka;
using CacheMachine.Host.Configuration.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CacheMachine.Host.Configuration;

/// <summary>Puts the actors together on Akka.NET.</summary>
public static class AkkaActors
{
    private const string SystemName = "cachemachine";

    /// <summary>Opens the journal and starts the watcher, the machines' region and the supervisor, which starts every machine it knows.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be opened.</exception>
    public static async Task<MachineActors> StartAsync(
        HostSettings settings, ClusterConnection cluster, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var journal = AkkaJournal.Open(settings);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(loggers);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, Unattended>());
        builder.Services.AddAkka(SystemName, akka =>
        {
            akka.ConfigureLoggers(logging =>
            {
                logging.ClearLoggers();
                logging.AddLoggerFactory(loggers);
            });
            akka.AddSetup(Codecs.Setup);
            akka.WithSqlPersistence(journal.ConnectionString, journal.Provider);
            akka.AddHocon(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon/akka.conf"))), HoconAddMode.Prepend);
            if (time != TimeProvider.System)
                akka.AddHocon(TimeProviderScheduler.On(time), HoconAddMode.Prepend);
            akka.WithClustering();
            akka.WithActors((system, registry) => StartActors(system, registry, settings, cluster, time));
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            host.Dispose();
            throw;
        }
        var actors = host.Services.GetRequiredService<IActorRegistry>();
        return new MachineActors(actors.Get<MachineSupervisorActor>(), actors.Get<CacheMachineActor>(), () => Task.CompletedTask, async () =>
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        });
    }

    private static void StartActors(ActorSystem system, IActorRegistry registry, HostSettings settings, ClusterConnection cluster, TimeProvider time)
    {
        Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress);
        var watcher = system.ActorOf(Props.Create(() => new ClusterWatcherActor(cluster.Cluster)), "cluster-watcher");
        var repoMen = new RepoManFactory(
            cluster.Registry, new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax));
        var budget = settings.Pull.MaxNodesPulling is { } most ? system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget") : null;
        var services = new MachineServices(cluster.Cluster, watcher, budget, repoMen, settings.Pull.ToMachineSettings(), time);
        var machines = Start(CacheMachineActor.TypeName, name => Props.Create(() => new CacheMachineActor(name, services)), new MachineMessageExtractor(settings.Cluster.Shards));
        var supervisor = Start(
            MachineSupervisorActor.TypeName, _ => Props.Create(() => new MachineSupervisorActor(machines, watcher, cluster.Cluster)),
            new SupervisorMessageExtractor(settings.Cluster.Shards));
        system.ActorOf(Props.Create(() => new SupervisorKeeperActor(supervisor)), "supervisor-keeper");
        registry.Register<CacheMachineActor>(machines);
        registry.Register<MachineSupervisorActor>(supervisor);

        IActorRef Start(string type, Func<string, Props> props, IMessageExtractor extractor)
        {
            var sharding = ClusterSharding.Get(system);
            var shards = ClusterShardingSettings.Create(system);
            return sharding.Start(type, props, shards, extractor, sharding.DefaultShardAllocationStrategy(shards), HandOff.Instance);
        }
    }

    /// <summary>Signals are the web server's business.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
