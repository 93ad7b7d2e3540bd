using System.Text;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api.Specs;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Simulator;

namespace CacheMachine.Host.Configuration;

/// <summary>The machines that exist from the start: those of the machines directory, as in the old service, and the example.</summary>
internal static partial class FirstMachines
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30), AgainAfter = TimeSpan.FromSeconds(1);

    public static async Task CreateAsync(
        HostSettings settings, ClusterConnection cluster, MachineActors actors, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (cluster.Simulator is { } simulator && settings.Simulator.Example)
            await CreateAsync(actors, MachineSpecReader.Read(Example(simulator)).Spec!, time, logger, cancellationToken);
        if (!Directory.Exists(settings.MachinesDirectory))
            return;
        // Every file, as in the old service; a mounted ConfigMap has hidden ones of its own besides.
        foreach (var file in Directory.EnumerateFiles(settings.MachinesDirectory).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal))
        {
            var read = MachineSpecReader.Read(await File.ReadAllBytesAsync(file, cancellationToken));
            if (read.Spec is { } spec)
            {
                await CreateAsync(actors, spec, time, logger, cancellationToken);
                LogCreated(logger, spec.Name, file);
            }
            else
            {
                // One bad file must not keep the others, or the API, from starting.
                LogRefused(logger, file, read.NotJson ?? string.Join("; ", read.Faults.Select(fault => $"{fault.Field} = {fault.Value}: {fault.Rule}")));
            }
        }
    }

    /// <summary>The body that would be POSTed for the example.</summary>
    public static byte[] Example(SimulatedCluster simulator) => Encoding.UTF8.GetBytes($$"""
        {
          "name": "example",
          "labels": {},
          "repomen": [
            {
              "type": "RubinRepoMan", "registry_url": "{{simulator.Registry.Host}}", "repo": "{{ClusterConnection.ExampleRepository}}",
              "recommended_tag": "recommended", "num_releases": 1, "num_weeklies": 2, "num_dailies": 3
            },
            {
              "type": "SimpleRepoMan",
              "images": [
                {
                  "image_url": "{{simulator.Registry.Host}}/{{ClusterConnection.ExampleRepository}}:{{RubinDemo.NoShellTag}}", "image_hash": null,
                  "name": "An image without a shell"
                }
              ]
            }
          ]
        }
        """);

    // Among several replicas the supervisor may be on its way from one to another.
    private static async Task CreateAsync(MachineActors actors, MachineSpec spec, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        while (await actors.Supervisor.Ask<object>(new CreateMachine(spec), Timeout, cancellationToken) is var answer and not MachineStatus)
        {
            LogLater(logger, spec.Name, answer is Status.Failure failure ? failure.Cause.Message : $"{answer}");
            await Task.Delay(AgainAfter, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Machine {Name} is not made yet: {Why}")]
    private static partial void LogLater(ILogger logger, string name, string why);

    [LoggerMessage(LogLevel.Information, "Machine {Name} is made from {File}")]
    private static partial void LogCreated(ILogger logger, string name, string file);

    [LoggerMessage(LogLevel.Error, "{File} is no machine: {Why}")]
    private static partial void LogRefused(ILogger logger, string file, string why);
}
