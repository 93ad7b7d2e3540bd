using CacheMachine.Host.Api;
using CacheMachine.Host.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CacheMachine.Host.Startup;

/// <summary>The web server.</summary>
internal static class WebExtensions
{
    /// <summary>Kestrel and routing.</summary>
    public static void AddWeb(this WebApplicationBuilder builder, HostSettings settings)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.Http.BindAddress, settings.Http.Port, listen => listen.AddRefusalBodies());
            kestrel.Limits.MaxRequestBodySize = settings.Http.MaxBodySize;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore().AddSingleton(settings).AddExceptionHandler<FailedRequests>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
    }

    /// <summary>Where the API listens, once it does.</summary>
    public static Uri Address(this WebApplication web) => web.Services.GetRequiredService<IServer>().Address();

    /// <inheritdoc cref="Address(WebApplication)"/>
    public static Uri Address(this IServer server) => new(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
}
