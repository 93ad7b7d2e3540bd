using Akka.Hosting;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>The machines that exist from the start: those of the machines directory, as in the old service.</summary>
internal sealed partial class FirstMachines(
    HostSettings settings, IRequiredActor<MachineSupervisorActor> supervisor, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), AgainAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger(settings.Log.Logger);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One bad file must not keep the others from being created.
        foreach (var file in MachineFiles.Read(settings.MachinesDirectory))
        {
            if (file.Spec is { } spec)
            {
                if (await CreateAsync(spec, stoppingToken))
                    LogCreated(_logger, spec.Name, file.Path);
            }
            else
            {
                LogRefused(_logger, file.Path, file.Fault!);
            }
        }
    }

    // The database may be away, or the supervisor on its way to another replica; that there are too many machines lasts.
    private async Task<bool> CreateAsync(MachineSpec spec, CancellationToken stoppingToken)
    {
        object? told = null;
        while (true)
        {
            switch (await AskAsync(spec, stoppingToken))
            {
                case MachineStatus:
                    return true;
                case TooManyMachines { Limit: var limit }:
                    LogTooMany(_logger, spec.Name, limit);
                    return false;
                case var why:
                    if (!why.Equals(told))
                        LogLater(_logger, spec.Name, told = why);
                    await Task.Delay(AgainAfter, time, stoppingToken);
                    break;
            }
        }
    }

    // The answer, or why there is none.
    private async Task<object> AskAsync(MachineSpec spec, CancellationToken stoppingToken)
    {
        try
        {
            return await supervisor.ActorRef.Ask<object>(new CreateMachine(spec), Timeout, stoppingToken) switch
            {
                NotStored refused => refused.Why,
                Status.Failure failure => failure.Cause.Message,
                var answer => answer,
            };
        }
        catch (AskTimeoutException)
        {
            return "the supervisor does not answer";
        }
    }

    [LoggerMessage(LogLevel.Warning, "Machine {Machine} cannot be created yet; trying again: {Error}")]
    private static partial void LogLater(ILogger logger, string machine, object error);

    [LoggerMessage(LogLevel.Error, "Machine {Machine} is not created: there are {Limit} machines already (limits.machines)")]
    private static partial void LogTooMany(ILogger logger, string machine, int limit);

    [LoggerMessage(LogLevel.Information, "Machine {Machine} created from {File}")]
    private static partial void LogCreated(ILogger logger, string machine, string file);

    [LoggerMessage(LogLevel.Error, "{File} is not a valid machine: {Error}")]
    private static partial void LogRefused(ILogger logger, string file, string error);
}
