using CacheMachine.Host.Configuration.Settings;
using Microsoft.Extensions.Logging.Console;

namespace CacheMachine.Host;

/// <summary>The web server and the log.</summary>
internal static class WebHost
{
    public static WebApplication Build(HostSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.Http.BindAddress, settings.Http.Port);
            kestrel.Limits.MaxRequestBodySize = settings.Http.MaxBodySize;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddProblemDetails();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        Log(builder.Logging, settings.Log);
        return builder.Build();
    }

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
}
