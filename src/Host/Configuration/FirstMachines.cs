using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api.Specs;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Simulator;

namespace CacheMachine.Host.Configuration;

/// <summary>The machines that exist from the start: those of the machines directory, as in the old service, and the example.</summary>
internal static partial class FirstMachines
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static async Task CreateAsync(
        HostSettings settings, ClusterConnection cluster, MachineActors actors, ILogger logger, CancellationToken cancellationToken)
    {
        if (cluster.Simulator is { } simulator && settings.Simulator.Example)
            await actors.Supervisor.Ask<MachineStatus>(new CreateMachine(Example(simulator)), Timeout, cancellationToken);
        if (!Directory.Exists(settings.MachinesDirectory))
            return;
        // Every file, as in the old service; a mounted ConfigMap has hidden ones of its own besides.
        foreach (var file in Directory.EnumerateFiles(settings.MachinesDirectory).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal))
        {
            var read = MachineSpecReader.Read(await File.ReadAllBytesAsync(file, cancellationToken));
            if (read.Spec is { } spec)
            {
                await actors.Supervisor.Ask<MachineStatus>(new CreateMachine(spec), Timeout, cancellationToken);
                LogCreated(logger, spec.Name, file);
            }
            else
            {
                // One bad file must not keep the others, or the API, from starting.
                LogRefused(logger, file, read.NotJson ?? string.Join("; ", read.Faults.Select(fault => $"{fault.Field} = {fault.Value}: {fault.Rule}")));
            }
        }
    }

    private static MachineSpec Example(SimulatedCluster simulator) => new()
    {
        Name = "example",
        RepoMen =
        [
            new RubinRepoManSpec
            {
                RegistryUrl = simulator.Registry.Host, Repo = ClusterConnection.ExampleRepository, RecommendedTag = "recommended",
                NumReleases = 1, NumWeeklies = 2, NumDailies = 3,
            },
            new SimpleRepoManSpec(
            [
                new DesiredImage($"{simulator.Registry.Host}/{ClusterConnection.ExampleRepository}:{RubinDemo.NoShellTag}", null, "An image without a shell"),
            ]),
        ],
    };

    [LoggerMessage(LogLevel.Information, "Machine {Name} is made from {File}")]
    private static partial void LogCreated(ILogger logger, string name, string file);

    [LoggerMessage(LogLevel.Error, "{File} is no machine: {Why}")]
    private static partial void LogRefused(ILogger logger, string file, string why);
}
