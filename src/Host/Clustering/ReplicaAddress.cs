using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Clustering;

/// <summary>Where the other replicas reach this one.</summary>
internal static class ReplicaAddress
{
    private static readonly string[] IpFiles = ["ip", "podIP"];

    /// <summary>Our host or IP address, and the port where it is not the one listened on: configured, or our pod's, or loopback outside a cluster.</summary>
    /// <exception cref="ReplicaConfigException">In a cluster, and our address is neither configured nor told by the downward API.</exception>
    public static (string Host, int? Port) Of(HostSettings settings) => settings.Cluster.Advertise is not { } advertise ? (OfPod(settings), null)
        : advertise.LastIndexOf(':') is > 0 and var colon && !advertise.EndsWith(']')
            ? (advertise[..colon], int.Parse(advertise.AsSpan(colon + 1), CultureInfo.InvariantCulture))
            : (advertise, null);

    private static string OfPod(HostSettings settings)
    {
        var told = IpFiles.Select(name => Path.Combine(settings.PodInfoDirectory, name)).Where(File.Exists).Select(path => File.ReadAllText(path).Trim());
        var found = told.Prepend(Environment.GetEnvironmentVariable("POD_IP")).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        if (found is null && settings.Kubernetes.InCluster)
        {
            throw new ReplicaConfigException(
                $"cluster.advertise is empty, and our pod's address is not known: set POD_IP (fieldRef status.podIP), or the file ip in {settings.PodInfoDirectory}");
        }
        if (found is null)
            return IPAddress.Loopback.ToString();
        if (!IPAddress.TryParse(found, out var ip))
            throw new ReplicaConfigException($"our pod's address, in POD_IP or the file ip in {settings.PodInfoDirectory}, is '{found}', which is no IP address");
        return ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
    }
}
