using System.Globalization;
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
public static partial class AkkaActors
{
    private const string SystemName = "cachemachine";

    /// <summary>Opens the journal and starts the watcher, the machines' region and the supervisor, which starts every machine it knows.</summary>
    /// <exception cref="JournalNotOpenedException">The journal cannot be opened.</exception>
    /// <exception cref="Peers.PeerConfigException">Our address, or that of other replicas, is not known.</exception>
    public static async Task<MachineActors> StartAsync(
        HostSettings settings, ClusterConnection cluster, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var journal = await AkkaJournal.OpenAsync(settings, time, cancellationToken);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(loggers);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, Unattended>());
        builder.Services.AddAkka(SystemName, akka =>
        {
            akka.ConfigureLoggers(logging =>
            {
                logging.ClearLoggers();
                logging.AddLogger<LogForwarder>();
            });
            akka.AddSetup(new LogForwarderSetup(loggers));
            akka.AddSetup(Codecs.Setup);
            akka.WithSqlPersistence(journal.ConnectionString, journal.Provider);
            AkkaCluster.Add(akka, "akka.conf");
            akka.AddHocon(Codecs.NoOthers, HoconAddMode.Prepend);
            AkkaCluster.Configure(akka, settings);
            if (time != TimeProvider.System)
                akka.AddHocon(TimeProviderScheduler.On(time), HoconAddMode.Prepend);
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
        var stopping = ExitWhenDowned(host.Services.GetRequiredService<ActorSystem>(), loggers.CreateLogger(settings.Log.Logger));
        return new MachineActors(
            actors.Get<MachineSupervisorActor>(), actors.Get<CacheMachineActor>(),
            // Leaving the cluster is the beginning of Akka.NET's coordinated shutdown, which gives the shards to the others.
            () => Task.CompletedTask,
            async () =>
            {
                stopping.SetResult();
                await host.StopAsync(CancellationToken.None);
                host.Dispose();
            });
    }

    /// <summary>What replicas that are started together on this machine are told besides their settings: their ports, and where the first one is.</summary>
    /// <param name="replicas">How many.</param>
    /// <returns>For each its environment variables.</returns>
    internal static IReadOnlyList<IReadOnlyDictionary<string, string>> EnvironmentOfReplicas(int replicas)
    {
        var ports = AkkaCluster.FreePorts(replicas);
        return [.. ports.Select(port => new Dictionary<string, string>
        {
            ["CACHEMACHINE__CLUSTER__PORT"] = port.ToString(CultureInfo.InvariantCulture),
            [AkkaCluster.SeedNodes] = string.Create(CultureInfo.InvariantCulture, $"akka.tcp://{SystemName}@127.0.0.1:{ports[0]}"),
        })];
    }

    private static void StartActors(ActorSystem system, IActorRegistry registry, HostSettings settings, ClusterConnection cluster, TimeProvider time)
    {
        var watcher = system.ActorOf(Props.Create(() => new ClusterWatcherActor(cluster.Cluster)), "cluster-watcher");
        var repoMen = new RepoManFactory(
            cluster.Registry, new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax));
        var budget = settings.Pull.MaxNodesPulling is { } most ? system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget") : null;
        var services = new MachineServices(cluster.Cluster, watcher, budget, repoMen, settings.Pull.ToMachineSettings() with { History = settings.Data.History }, time);
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

    // A replica that the others have given up has stopped its machines; only a new process can join again.
    private static TaskCompletionSource ExitWhenDowned(ActorSystem system, ILogger logger)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.WhenTerminated.ContinueWith(
            _ =>
            {
                if (stopping.Task.IsCompleted)
                    return;
                LogDowned(logger);
                Environment.Exit(1);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return stopping;
    }

    [LoggerMessage(LogLevel.Critical, "The other replicas have given this one up, or the cluster cannot be reached: the process ends, to be started anew")]
    private static partial void LogDowned(ILogger logger);

    /// <summary>Signals are the web server's business.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
