using System.Net;

namespace CacheMachine.Host.Settings;

/// <summary>The API's listener.</summary>
/// <param name="Port">TCP; 0 for any free port.</param>
/// <param name="BindAddress">What to listen on.</param>
/// <param name="Prefix">First segment of the routes, without slashes.</param>
/// <param name="MaxBodySize">Bytes.</param>
public sealed record HttpSettings(int Port, IPAddress BindAddress, string Prefix, long MaxBodySize)
{
    internal static HttpSettings Read(SettingsReader reader, bool inCluster) =>
        new(
            reader.Integer("port", 0, 65535),
            reader.BindAddress("bind-address", inCluster),
            reader.Text("prefix", SettingsRules.RoutePrefix, SettingsRules.IsRoutePrefix),
            reader.Size("max-body-size", 1024, 64 * 1024 * 1024));
}
