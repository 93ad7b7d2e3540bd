using CacheMachine.Host.Settings;
using Microsoft.Extensions.Logging.Console;

namespace CacheMachine.Host.Observability;

/// <summary>The service's log: to standard output, as lines for people or as JSON.</summary>
internal static class LogSetup
{
    /// <summary>Replaces whatever log there is.</summary>
    public static void AddLog(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.Level);
        logging.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= settings.Level);
        // What keeps the service from starting is told once, by the end of the process.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
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
