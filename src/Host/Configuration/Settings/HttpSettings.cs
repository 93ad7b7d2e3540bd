using System.Net;

namespace CacheMachine.Host.Configuration.Settings;

/// <summary>The API's listener.</summary>
/// <param name="Port">TCP; 0 for any free port.</param>
/// <param name="BindAddress">What to listen on.</param>
/// <param name="Prefix">First segment of the routes, without slashes.</param>
/// <param name="MaxBodySize">Bytes.</param>
public sealed record HttpSettings(int Port, IPAddress BindAddress, string Prefix, long MaxBodySize)
{
    internal static HttpSettings Read(SettingsReader reader, bool inCluster)
    {
        var port = reader.Integer("port", 0, 65535);
        var address = reader.Text("bind-address", "must be an IP address or auto", t => IsAuto(t) || IPAddress.TryParse(t, out _));
        return new HttpSettings(
            port,
            IPAddress.TryParse(address, out var ip) ? ip : inCluster ? IPAddress.Any : IPAddress.Loopback,
            reader.Text("prefix", SettingsRules.RoutePrefix, SettingsRules.IsRoutePrefix),
            reader.Size("max-body-size", 1024, 64 * 1024 * 1024));
    }

    private static bool IsAuto(string text) => string.Equals(text, "auto", StringComparison.OrdinalIgnoreCase);
}
