using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CacheMachine.Host.Configuration.Settings;

namespace CacheMachine.Host.Peers;

/// <summary>
/// Where a replica takes messages, as it is in its leases: <c>http://HOST:PORT#INCARNATION</c>. The incarnation is another one for each process, so
/// that a message for a process that is gone is not taken by the next one at the same address.
/// </summary>
public static class PeerAddress
{
    private static readonly string[] IpFiles = ["ip", "podIP"];

    /// <summary>The address of this process.</summary>
    /// <param name="settings">What is configured.</param>
    /// <param name="inCluster">Whether we run inside a cluster.</param>
    /// <param name="podInfoDirectory">Where the downward API is mounted.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <param name="boundPort">The port that is listened on.</param>
    /// <param name="incarnation">Letters and digits, never used before.</param>
    /// <exception cref="PeerConfigException">In a cluster, and our address is neither configured nor told by the downward API.</exception>
    public static string Of(
        ClusterSettings settings, bool inCluster, string podInfoDirectory, Func<string, string?> variable, int boundPort, string incarnation)
    {
        var advertise = settings.Advertise ?? OwnHost(inCluster, podInfoDirectory, variable);
        if (ClusterSettings.UrlOf(advertise) is not { } url)
        {
            var scheme = settings.Tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
            url = new Uri($"{scheme}://{advertise}{(HasPort(advertise) ? "" : string.Create(CultureInfo.InvariantCulture, $":{boundPort}"))}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{url.Host}:{url.Port}#{incarnation}");
    }

    private static string OwnHost(bool inCluster, string podInfoDirectory, Func<string, string?> variable)
    {
        var told = IpFiles.Select(name => Path.Combine(podInfoDirectory, name)).Where(File.Exists).Select(path => File.ReadAllText(path).Trim());
        var found = told.Prepend(variable("POD_IP")).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        if (found is null && inCluster)
            throw new PeerConfigException(
                $"cluster.advertise is empty, and our pod's address is not known: set POD_IP (fieldRef status.podIP), or the file ip in {podInfoDirectory}");
        if (found is null)
            return IPAddress.Loopback.ToString();
        if (!IPAddress.TryParse(found, out var ip))
            throw new PeerConfigException($"our pod's address, in POD_IP or the file ip in {podInfoDirectory}, is '{found}', which is no IP address");
        return ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
    }

    private static bool HasPort(string host) => host.LastIndexOf(':') > host.LastIndexOf(']');
}
