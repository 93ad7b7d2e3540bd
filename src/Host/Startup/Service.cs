using Akka.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Adapters;
using CacheMachine.Host.Api;
using CacheMachine.Host.Clustering;
using CacheMachine.Host.Observability;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>The whole service in one host: the cluster and registries, the actors, and the HTTP API before them.</summary>
public static class Service
{
    /// <summary>Puts everything together; nothing runs before the application is started.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="cluster">The cluster to serve; it is not disposed of.</param>
    /// <param name="time">Clock.</param>
    /// <param name="adapt">What a test changes in the actor system; null for nothing.</param>
    public static WebApplication Build(HostSettings settings, ClusterConnection cluster, TimeProvider time, Action<AkkaConfigurationBuilder>? adapt = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddWeb(settings);
        builder.Services.AddSingleton(time).AddSingleton(cluster)
            .AddSingleton(services => cluster.Api(services.GetRequiredService<ILoggerFactory>()))
            .AddSingleton<IClusterWatch>(services => services.GetRequiredService<KubernetesClusterApi>())
            .AddSingleton<IPulls>(services => services.GetRequiredService<KubernetesClusterApi>())
            .AddSingleton(services => cluster.Registries(services.GetRequiredService<ILoggerFactory>()))
            .AddSingleton(new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax))
            .AddSingleton<RepoManFactory>()
            .AddSingleton(new JournalTroubles(time))
            .AddMachineEndpoints();
        // Before the actor system, so that the database is there when it starts.
        builder.Services.AddSingleton(services => new JournalDatabase(settings.Data, time, services.GetRequiredService<ILogger<JournalDatabase>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<JournalDatabase>());
        builder.Services.AddAkka(ReplicaCluster.SystemName, (akka, services) =>
        {
            akka.AddLogging(services.GetRequiredService<ILoggerFactory>())
                .AddSetup(Serializers.Setup)
                .WithStrictSerialization()
                .AddJournal(services.GetRequiredService<JournalDatabase>())
                .AddCluster(settings)
                .AddClusterWatcher()
                .AddCopies()
                .AddNodeBudget(settings.Pull.MaxNodesPulling)
                .AddMachines(settings.Pull.ToMachineSettings() with { History = settings.Data.History }, settings.Cluster.Shards)
                .AddSupervisor()
                .AddHealth(services.GetRequiredService<JournalTroubles>());
            adapt?.Invoke(akka);
        });
        builder.AddHealth();
        builder.Services.AddHostedService<FirstMachines>();

        var web = builder.Build();
        web.MapMachines(settings);
        web.MapHealth();
        web.LogStart(settings, cluster.Description);
        return web;
    }
}
