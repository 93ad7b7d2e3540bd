using Akka.Hosting;

namespace CacheMachine.Host.Observability;

/// <summary>Sends the actors' log to the service's.</summary>
internal static class ActorLogging
{
    /// <summary>Log lines of actors go where the service's go, at the service's level.</summary>
    public static AkkaConfigurationBuilder AddLogging(this AkkaConfigurationBuilder akka, ILoggerFactory loggers) => akka
        .AddSetup(new LogForwarderSetup(loggers))
        .AddHocon($"akka.stdout-logger-class = \"{typeof(WarningsToStandardOutput).AssemblyQualifiedName}\"", HoconAddMode.Prepend)
        .ConfigureLoggers(logging =>
        {
            logging.ClearLoggers();
            logging.AddLogger<LogForwarder>();
        });
}
