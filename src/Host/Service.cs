using CacheMachine.Host.Api;
using CacheMachine.Host.Configuration;
using CacheMachine.Host.Configuration.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CacheMachine.Host;

/// <summary>The whole service: a cluster and registries, the actors, and the HTTP API before them.</summary>
public sealed partial class Service : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ClusterConnection _cluster;
    private readonly MachineActors _actors;

    private Service(WebApplication web, ClusterConnection cluster, MachineActors actors) => (_web, _cluster, _actors) = (web, cluster, actors);

    /// <summary>Where the API listens.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>The cluster and the registries it works on.</summary>
    public ClusterConnection Cluster => _cluster;

    /// <summary>Starts everything, in the order in which it is needed.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Service> StartAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var web = WebHost.Build(settings);
        var loggers = web.Services.GetRequiredService<ILoggerFactory>();
        ClusterConnection? cluster = null;
        MachineActors? actors = null;
        try
        {
            cluster = await ClusterConnection.OpenAsync(settings, loggers, time, cancellationToken);
            actors = await RuntimeActors.StartAsync(settings, cluster, loggers, time, cancellationToken);
            web.MapMachines(settings, actors);
            await web.StartAsync(cancellationToken);
            var service = new Service(web, cluster, actors);
            var log = loggers.CreateLogger(settings.Log.Logger);
            LogListening(log, service.Address, settings.Http.Prefix, cluster.Description);
            var stopping = web.Lifetime.ApplicationStopping;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            await FirstMachines.CreateAsync(settings, cluster, actors, time, log, either.Token);
            return service;
        }
        catch
        {
            await web.DisposeAsync();
            if (actors is not null)
                await actors.DisposeAsync();
            if (cluster is not null)
                await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the process is told to (SIGTERM, Ctrl-C); nothing is stopped yet.</summary>
    public async Task WaitForShutdownAsync()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _web.Lifetime.ApplicationStopping.Register(told.SetResult);
        await told.Task;
    }

    /// <summary>Stops everything: the machines go to other replicas while the API still answers, then the API ends, then the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await _actors.LeaveAsync();
        await _web.StopAsync();
        await _actors.DisposeAsync();
        await _cluster.DisposeAsync();
        await _web.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "listening on {Address}{Prefix}/ for {Cluster}")]
    private static partial void LogListening(ILogger logger, Uri address, string prefix, string cluster);
}
