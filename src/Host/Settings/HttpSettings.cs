using System.Net;

namespace CacheMachine.Host.Settings;

/// <summary>The API's listener.</summary>
/// <param name="Port">TCP; 0 for any free port.</param>
/// <param name="BindAddress">What to listen on.</param>
/// <param name="Prefix">First segment of the routes, without slashes.</param>
/// <param name="MaxBodySize">Bytes.</param>
/// <param name="BodyTimeout">Longest time that a body may take to arrive.</param>
/// <param name="AllowedHosts">
/// What a request's <c>Host</c> may be, beside an IP address; <c>*</c> is any, <c>*.x</c> any subdomain of x.
/// </param>
public sealed record HttpSettings(
    int Port, IPAddress BindAddress, string Prefix, long MaxBodySize, TimeSpan BodyTimeout, IReadOnlyList<string> AllowedHosts)
{
    private const string Auto = "auto";

    // In a cluster requests come by names that only its operator knows: those of Services and of an ingress.
    private static readonly string[] InCluster = ["*"], Outside = ["localhost", "*.localhost"];

    internal static HttpSettings Read(SettingsReader reader, bool inCluster) =>
        new(
            reader.Integer("port", 0, 65535),
            reader.BindAddress("bind-address", inCluster),
            reader.Text("prefix", SettingsRules.RoutePrefix, SettingsRules.IsRoutePrefix),
            reader.Size("max-body-size", 1024, 64 * 1024 * 1024),
            reader.Duration("body-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            Hosts(reader.List("allowed-hosts", 100, "must be auto, HOST, *.DOMAIN or *", IsHost), inCluster));

    private static string[] Hosts(IReadOnlyList<string> hosts, bool inCluster) =>
        [.. hosts.SelectMany(host => host != Auto ? [host] : inCluster ? InCluster : Outside)];

    private static bool IsHost(string text) => text is "*" or Auto
        || (!text.Contains(':', StringComparison.Ordinal)
            && SettingsRules.IsRegistryHost(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text));
}
