using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using CacheMachine.Host.Startup;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Clustering;

/// <summary>How a replica listens to the others and finds them.</summary>
internal static class ReplicaCluster
{
    /// <summary>The name of the actor system, which is part of every replica's address.</summary>
    public const string SystemName = "cachemachine";

    /// <summary>The environment variable with the addresses of the replicas to begin with, separated by commas.</summary>
    public const string SeedNodes = "CACHEMACHINE_AKKA_SEED_NODES";

    /// <summary>Joins the other replicas, or forms a cluster of one.</summary>
    public static AkkaConfigurationBuilder AddCluster(this AkkaConfigurationBuilder akka, HostSettings settings)
    {
        akka.AddHoconFile(File("akka.conf"), HoconAddMode.Prepend);
        if (!settings.Cluster.Enabled)
        {
            return akka.WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 })
                .WithClustering(new ClusterOptions { AppVersion = CommandLine.Version })
                .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress));
        }
        akka.AddHoconFile(File("replicas.conf"), HoconAddMode.Prepend);
        return akka
            .WithRemoting(new RemoteOptions
            {
                HostName = settings.Cluster.BindAddress.ToString(),
                PublicHostName = ReplicaAddress.Host(settings),
                Port = settings.Cluster.Port,
            })
            .WithClustering(new ClusterOptions { AppVersion = CommandLine.Version, SeedNodes = Seeds() });
    }

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "hocon", name);

    private static string[] Seeds() => Environment.GetEnvironmentVariable(SeedNodes) is { Length: > 0 } seeds
        ? seeds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : throw new ReplicaConfigException($"set {SeedNodes} to akka.tcp://{SystemName}@HOST:PORT of one or more replicas");
}
