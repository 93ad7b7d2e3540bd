using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CacheMachine.Host.Clustering;
using CacheMachine.Host.Settings;
using CacheMachine.Simulator;

namespace CacheMachine.Host.Startup;

/// <summary>
/// <c>--replicas N</c>: several replicas on this machine, to try what happens when one is killed. Each is a process of its own; this one has the simulated cluster, unless
/// they serve a real one.
/// </summary>
internal static class ReplicaLauncher
{
    /// <summary>Starts them, and ends when they have.</summary>
    /// <param name="start">How many, and what each is to be told.</param>
    /// <param name="settings">What that means.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CommandLineResult.Start start, HostSettings settings)
    {
        var replicas = start.Replicas;
        var folder = Directory.CreateTempSubdirectory("cachemachine-");
        try
        {
            await using var simulator = settings.Kubernetes.Mode == KubernetesMode.Simulator
                ? await ClusterConnection.SimulateAsync(settings, settings.Http.Port == 0 ? 0 : settings.Http.Port + replicas - 1, TimeProvider.System, CancellationToken.None)
                : null;
            using var processes = new ReplicaProcesses(replicas);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            var common = await PrepareAsync(folder.FullName, settings, simulator);
            foreach (var (key, value) in start.Settings)
                common.TryAdd(EnvironmentLayer.VariableOf(key), value ?? "");
            var ports = ReplicaCluster.FreePorts(replicas);
            common[ReplicaCluster.SeedNodes] = Invariant($"akka.tcp://{ReplicaCluster.SystemName}@127.0.0.1:{ports[0]}");
            for (var i = 0; i < replicas; i++)
            {
                processes.Start(start.ConfigFiles.SelectMany(file => new[] { "--config", file }), new Dictionary<string, string>(common)
                {
                    ["CACHEMACHINE__CLUSTER__PORT"] = Invariant($"{ports[i]}"),
                    ["CACHEMACHINE__CLUSTER__REPLICA"] = Invariant($"replica-{i + 1}"),
                    ["CACHEMACHINE__HTTP__PORT"] = settings.Http.Port == 0 ? "0" : Invariant($"{settings.Http.Port + i}"),
                });
            }
            await processes.AllEnded;
            return processes.ExitCode;

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                processes.Stop();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<string, string>> PrepareAsync(string folder, HostSettings settings, SimulatedCluster? simulator)
    {
        var environment = new Dictionary<string, string>
        {
            ["CACHEMACHINE__CLUSTER__ENABLED"] = "true",
            ["CACHEMACHINE__SIMULATOR__EXAMPLE"] = "false",
        };
        if (settings.Cluster.KeyFile is null)
        {
            var key = Path.Combine(folder, "cluster-key");
            // Only this user can read the folder.
            await File.WriteAllTextAsync(key, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
            environment["CACHEMACHINE__CLUSTER__KEY_FILE"] = key;
        }
        if (simulator is null)
            return environment;
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        simulator.WriteKubeconfig(kubeconfig);
        environment["CACHEMACHINE__KUBERNETES__MODE"] = "kubeconfig";
        environment["CACHEMACHINE__KUBERNETES__KUBECONFIG"] = kubeconfig;
        environment["CACHEMACHINE__KUBERNETES__NAMESPACE"] = settings.Kubernetes.Namespace ?? ClusterConnection.DefaultNamespace;
        environment["CACHEMACHINE__REGISTRY__INSECURE_HOSTS"] = string.Join(',', [.. settings.Registry.InsecureHosts, simulator.Registry.Host]);
        if (settings.Simulator.Example)
        {
            // As a file: whichever replica is first makes the machine, and for the others nothing changes.
            var machines = Directory.CreateDirectory(Path.Combine(folder, "machines")).FullName;
            if (Directory.Exists(settings.MachinesDirectory))
            {
                foreach (var file in Directory.EnumerateFiles(settings.MachinesDirectory))
                    File.Copy(file, Path.Combine(machines, Path.GetFileName(file)));
            }
            await File.WriteAllBytesAsync(Path.Combine(machines, "example.json"), FirstMachines.Example(simulator));
            environment["CACHEMACHINE__MACHINES_DIR"] = machines;
        }
        return environment;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
