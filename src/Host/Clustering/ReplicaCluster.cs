using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using CacheMachine.Host.Clustering.Fencing;
using CacheMachine.Host.Clustering.Formation;
using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;

namespace CacheMachine.Host.Clustering;

/// <summary>How a replica listens to the others, finds them, and knows which of them go on.</summary>
internal static class ReplicaCluster
{
    /// <summary>The name of the actor system, which is part of every replica's address.</summary>
    public const string SystemName = "cachemachine";

    /// <summary>A fence for one replica of several.</summary>
    public static ReplicaFence Fence(HostSettings settings, TimeProvider time) => new(FenceTimes.Of(ReplicasConf(settings)), time);

    /// <summary>The Lease that the supervisor runs under; null for a single replica.</summary>
    public static ReplicaLeaseOptions? SupervisorLease(HostSettings settings) =>
        settings.Cluster.Enabled ? new("cachemachine.lease.supervisor", $"{settings.Cluster.Name}-supervisor", isOfASide: false) : null;

    /// <summary>One replica: a cluster of itself, which nobody else can join.</summary>
    public static AkkaConfigurationBuilder AddSingleReplica(this AkkaConfigurationBuilder akka) => akka
        .AddHocon(Conf("akka.conf"), HoconAddMode.Prepend)
        .WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 })
        .WithClustering(new ClusterOptions { AppVersion = CommandLine.Version })
        .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress));

    /// <summary>One of several replicas.</summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="settings">Checked settings.</param>
    /// <param name="leases">Where the replicas' Leases are.</param>
    /// <param name="fence">Of this replica.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ReplicaConfigException">Our address, or a file for TLS, cannot be used.</exception>
    public static AkkaConfigurationBuilder AddReplica(
        this AkkaConfigurationBuilder akka, HostSettings settings, ILeaseStore leases, ReplicaFence fence, TimeProvider time)
    {
        var (cluster, address) = (settings.Cluster, ReplicaAddress.Of(settings));
        var resolver = new ReplicaLeaseOptions("cachemachine.lease.resolver", $"{cluster.Name}-resolver", isOfASide: true);
        var conf = ReplicasConf(settings);
        var duration = conf.GetTimeSpan("akka.coordination.lease.heartbeat-timeout");
        akka.AddHocon(Conf("akka.conf"), HoconAddMode.Prepend).AddHocon(conf, HoconAddMode.Prepend);
        resolver.Apply(akka);
        SupervisorLease(settings)!.Apply(akka);
        return akka
            .AddSetup(new ReplicaLeaseSetup(leases, fence, time))
            .WithRemoting(new RemoteOptions
            {
                HostName = cluster.BindAddress.ToString(),
                Port = cluster.Port,
                PublicHostName = address.Host,
                PublicPort = address.Port,
                EnableSsl = cluster.Tls is not null,
                Ssl = cluster.Tls is { } files ? ReplicaTls.Options(files, time) : new SslOptions(),
            })
            .WithClustering(new ClusterOptions
            {
                AppVersion = CommandLine.Version,
                SplitBrainResolver = new LeaseMajorityOption { LeaseImplementation = resolver },
            })
            .WithActors((system, registry) =>
            {
                system.ActorOf(Props.Create(() => new ReplicaActor(fence)), "replicas");
                system.ActorOf(Props.Create(() => new FormationActor(cluster.Name, duration, leases, fence, time)), "formation");
            });
    }

    private static Config ReplicasConf(HostSettings settings) =>
        settings.Akka is { } tuning ? tuning.WithFallback(Conf("replicas.conf")) : Conf("replicas.conf");


    private static Config Conf(string name) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
