using CacheMachine.Host.Api;
using CacheMachine.Host.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Console;

namespace CacheMachine.Host.Startup;

/// <summary>The web server and the log.</summary>
internal static partial class WebExtensions
{
    /// <summary>Kestrel and the log.</summary>
    public static void AddWeb(this WebApplicationBuilder builder, HostSettings settings)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.Http.BindAddress, settings.Http.Port, listen => listen.AddRefusalBodies());
            kestrel.Limits.MaxRequestBodySize = settings.Http.MaxBodySize;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddSingleton(settings).AddExceptionHandler<FailedRequests>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        Log(builder.Logging, settings.Log);
    }

    /// <summary>Where the API listens, once it does.</summary>
    public static Uri Address(this WebApplication web) =>
        new(web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Says where the API listens, once it does.</summary>
    public static void LogStart(this WebApplication web, HostSettings settings, string cluster) => web.Lifetime.ApplicationStarted.Register(() =>
        LogListening(web.Services.GetRequiredService<ILoggerFactory>().CreateLogger(settings.Log.Logger), web.Address(), settings.Http.Prefix, cluster));

    private static void Log(ILoggingBuilder logging, LogSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.Level);
        logging.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= settings.Level);
        if (settings.Profile == LogProfile.Production)
        {
            logging.AddJsonConsole(json => json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ");
            logging.Services.Configure<JsonConsoleFormatterOptions>(json => json.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }
    }

    [LoggerMessage(LogLevel.Information, "listening on {Address}{Prefix}/ for {Cluster}")]
    private static partial void LogListening(ILogger logger, Uri address, string prefix, string cluster);
}
