using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;
using Microsoft.AspNetCore.Hosting.Server;

namespace CacheMachine.Host.Observability;

/// <summary>Says when the service starts, where it listens, why it ends, and when it has ended.</summary>
internal sealed partial class LifecycleLog(
    HostSettings settings, ClusterConnection cluster, IHostApplicationLifetime lifetime, IServiceProvider services, ILoggerFactory loggers,
    StopSignals? signals = null) : IHostedService
{
    private const string Unknown = "told by the host";

    private readonly ILogger _logger = loggers.CreateLogger(settings.Log.Logger);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogStarting(_logger, CommandLine.Version, string.Join(", ", settings.Changes));
        lifetime.ApplicationStarted.Register(() =>
            LogListening(_logger, services.GetRequiredService<IServer>().Address(), settings.Http.Prefix, cluster.Description));
        lifetime.ApplicationStopping.Register(() => LogStopping(_logger, signals?.Received ?? Reason()));
        lifetime.ApplicationStopped.Register(() => LogStopped(_logger));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Before the start is over there may be no actors yet, and asking would make them.
    private string Reason() => !lifetime.ApplicationStarted.IsCancellationRequested ? Unknown
        : CoordinatedShutdown.Get(services.GetRequiredService<ActorSystem>()).ShutdownReason switch
        {
            CoordinatedShutdown.ClusterDowningReason => "the other replicas have given this one up",
            CoordinatedShutdown.ClusterJoinUnsuccessfulReason => "the other replicas could not be joined",
            _ => Unknown,
        };

    [LoggerMessage(LogLevel.Information, "cachemachine {Version} starts; settings: {Settings}")]
    private static partial void LogStarting(ILogger logger, string version, string settings);

    [LoggerMessage(LogLevel.Information, "listening on {Address}{Prefix}/ for {Cluster}")]
    private static partial void LogListening(ILogger logger, Uri address, string prefix, string cluster);

    [LoggerMessage(LogLevel.Information, "Shutting down: {Reason}")]
    private static partial void LogStopping(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "Stopped")]
    private static partial void LogStopped(ILogger logger);
}
