using Akka.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api;
using CacheMachine.Host.Clustering;
using CacheMachine.Host.Clustering.Fencing;
using CacheMachine.Host.Kubernetes;
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
    /// <param name="signals">What ends the service; null: the host's own handling of signals.</param>
    internal static WebApplication Build(
        HostSettings settings, ClusterConnection cluster, TimeProvider time, Action<AkkaConfigurationBuilder>? adapt = null,
        StopSignals? signals = null)
    {
        var fence = settings.Cluster.Enabled ? ReplicaCluster.Fence(settings, time) : null;
        // Without defaults: settings come from one place, not from a file or a variable that happens to be there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddWeb(settings);
        builder.Logging.AddLog(settings.Log);
        if (signals is not null)
            builder.Services.AddSingleton(signals).AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddHostedService<LifecycleLog>().AddHostedService<PortCheck>();
        builder.Services.AddSingleton(time).AddSingleton(cluster)
            .AddSingleton(services => cluster.Api(services.GetRequiredService<ILoggerFactory>()))
            .AddSingleton<IClusterWatch>(services => services.GetRequiredService<KubernetesClusterApi>())
            .AddSingleton(services => Fenced(services.GetRequiredService<KubernetesClusterApi>(), fence))
            .AddSingleton(services => cluster.Registries(services.GetRequiredService<ILoggerFactory>()))
            .AddSingleton(new RepoManSettings(settings.Registry.PollInterval, settings.Registry.BackoffMin, settings.Registry.BackoffMax))
            .AddSingleton<RepoManFactory>()
            .AddSingleton(new JournalTroubles(time))
            .AddMachineEndpoints();
        // Before the actor system, so that the database is there when it starts.
        builder.Services.AddJournalDatabase(settings);
        builder.Services.AddAkka(ReplicaCluster.SystemName, (akka, services) =>
        {
            if (fence is null)
                akka.AddSingleReplica();
            else
                akka.AddReplica(settings, cluster.Leases(), fence, time);
            akka.AddLogging(services.GetRequiredService<ILoggerFactory>())
                .AddSetup(Serializers.Setup)
                .WithStrictSerialization()
                .AddJournal(services.GetRequiredService<JournalDatabase>())
                .AddClusterWatcher()
                .AddCopies()
                .AddPullBudget(settings.Pull.ToLimits())
                .AddMachines(
                    settings.Pull.ToMachineSettings() with { History = settings.Data.History, HistorySize = settings.Data.HistorySize },
                    settings.Cluster.Shards)
                .AddSupervisor(
                    new SupervisorSettings { MostMachines = settings.Limits.Machines, HistorySize = settings.Data.HistorySize },
                    ReplicaCluster.SupervisorLease(settings))
                .AddHealth(services.GetRequiredService<JournalTroubles>());
            // The last word on tuning is the operator's.
            if (settings.Akka is { } tuning)
                akka.AddHocon(tuning, HoconAddMode.Prepend);
            adapt?.Invoke(akka);
        });
        builder.Services.AddSingleton(typeof(IRequiredActor<>), typeof(LazyRequiredActor<>));
        builder.AddHealth();
        builder.Services.AddHostedService<FirstMachines>();

        var web = builder.Build();
        web.MapMachines(settings);
        web.MapHealth();
        return web;
    }

    private static IPulls Fenced(IPulls pulls, ReplicaFence? fence) => fence is null ? pulls : new FencedPulls(pulls, fence);
}
