using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Coordination.KubernetesApi;
using Akka.Discovery.KubernetesApi;
using Akka.HealthCheck.Hosting;
using Akka.Hosting;
using Akka.Management;
using Akka.Management.Cluster.Bootstrap;
using Akka.Remote.Transport.DotNetty;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Host.Peers;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>How a replica on Akka.NET listens to the others and finds them.</summary>
internal static class AkkaCluster
{
    /// <summary>The environment variable with the addresses of the replicas to begin with, separated by commas; only outside Kubernetes.</summary>
    public const string SeedNodes = "CACHEMACHINE_AKKA_SEED_NODES";

    /// <summary>Adds what the settings say to hocon/akka.conf.</summary>
    /// <exception cref="PeerConfigException">Our address is not known, or the certificate cannot be used.</exception>
    public static void Configure(AkkaConfigurationBuilder akka, HostSettings settings)
    {
        if (!settings.Cluster.Enabled)
        {
            akka.WithClustering();
            akka.AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress));
            return;
        }
        Add(akka, "akka-cluster.conf");
        Listen(akka, settings);
        if (settings.Kubernetes.InCluster)
            JoinInKubernetes(akka, settings);
        else
            akka.WithClustering(new ClusterOptions { SeedNodes = Seeds() });
    }

    /// <summary>Adds a file from beside the program; what it says comes before what was said so far.</summary>
    public static void Add(AkkaConfigurationBuilder akka, string file) => akka.AddHocon(
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", file))), HoconAddMode.Prepend);

    /// <summary>Ports of the loopback interface that nobody listens on just now.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static void Listen(AkkaConfigurationBuilder akka, HostSettings settings)
    {
        var own = Own(settings);
        akka.AddHocon(
            ConfigurationFactory.ParseString($$"""
                akka.remote.dot-netty.tcp {
                  hostname = "{{settings.Cluster.BindAddress}}"
                  public-hostname = "{{own.Host}}"
                  port = {{settings.Cluster.Port}}
                  enable-ssl = {{(settings.Cluster.Tls is null ? "off" : "on")}}
                }
                """), HoconAddMode.Prepend);
        if (settings.Cluster.Tls is not { } tls)
            return;
        try
        {
            akka.AddSetup(new DotNettySslSetup(X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile), suppressValidation: false));
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new PeerConfigException($"cluster.tls: the certificate {tls.CertificateFile} with the key {tls.KeyFile} cannot be used: {e.Message}");
        }
    }

    private static void JoinInKubernetes(AkkaConfigurationBuilder akka, HostSettings settings)
    {
        Add(akka, "akka-kubernetes.conf");
        var own = Own(settings);
        akka.WithClustering();
        akka.WithAkkaManagement((AkkaManagementOptions management) => (management.HostName, management.BindHostName) = (own.Host, settings.Cluster.BindAddress.ToString()));
        akka.WithClusterBootstrap(settings.Cluster.Name);
        akka.WithKubernetesDiscovery();
        akka.WithKubernetesLease();
        akka.WithHealthCheck();
    }

    private static Uri Own(HostSettings settings) => new(PeerAddress.Of(
        settings.Cluster, settings.Kubernetes.InCluster, settings.PodInfoDirectory, Environment.GetEnvironmentVariable, settings.Cluster.Port, incarnation: "0"));

    private static string[] Seeds() => Environment.GetEnvironmentVariable(SeedNodes) is { Length: > 0 } seeds
        ? seeds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : throw new PeerConfigException($"outside Kubernetes Akka.NET is not told where the other replicas are: set {SeedNodes} to akka.tcp://cachemachine@HOST:PORT of one or more of them");
}
