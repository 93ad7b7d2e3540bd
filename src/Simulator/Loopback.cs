using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Simulator;

/// <summary>Bare Kestrel on 127.0.0.1 and nothing else: no configuration files, no environment, no console.</summary>
internal static class Loopback
{
    public static WebApplication Build(int port, RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 3 * 1024 * 1024; // As the real API server.
            kestrel.Limits.MinResponseDataRate = null; // A watcher may be idle or slow.
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(handle);
        return app;
    }

    public static Uri Address(WebApplication app) => new(app.Urls.First());
}
