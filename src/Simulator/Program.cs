using System.Runtime.InteropServices;
using CacheMachine.Simulator;

// The longest that an orderly end may take; everything is in memory, so nothing is lost after it.
var patience = TimeSpan.FromSeconds(1.5);

var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var cancel = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

var parsed = CommandLine.Parse(args);
if (parsed is CommandLineResult.Exit exit)
{
    await Console.Out.WriteAsync(exit.Output);
    foreach (var error in exit.Errors)
        await Console.Error.WriteLineAsync(error);
    return exit.Code;
}

// Off this thread: thousands of nodes take a while, and a signal must not wait for them.
var serving = Task.Run(() => ServeAsync((CommandLineResult.Start)parsed));
await Task.WhenAny(serving, told.Task);
if (!told.Task.IsCompleted)
    return await serving;
await Task.WhenAny(serving, Task.Delay(patience, TimeProvider.System));
return serving.IsFaulted ? await serving : 0;

async Task<int> ServeAsync(CommandLineResult.Start start)
{
    try
    {
        await using var cluster = await StartAsync(start);
        RubinDemo.Seed(cluster.Registry, RubinDemo.Repository);
        if (start.Kubeconfig is { } kubeconfig)
            cluster.WriteKubeconfig(kubeconfig);
        if (start.ExampleMachine is { } example)
            PrivateFile.Write(example, RubinDemo.Machine(cluster.Registry.Host));
        await Console.Out.WriteLineAsync(
            $"simulated cluster of {cluster.Options.Nodes} nodes, Kubernetes {cluster.Options.Release}: " +
            $"API at {cluster.ApiServerUri.GetLeftPart(UriPartial.Authority)}, registry at {cluster.Registry.Host}");
        await told.Task;
        return 0;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
}

// A registry keeps its port, so that images keep their names from one start to the next, but only where nobody else has it.
async Task<SimulatedCluster> StartAsync(CommandLineResult.Start start)
{
    try
    {
        return await SimulatedCluster.StartAsync(start.Cluster, cancel.Token);
    }
    catch (IOException) when (start.Cluster.RegistryPort > 0)
    {
        return await SimulatedCluster.StartAsync(start.Cluster with { RegistryPort = 0 }, cancel.Token);
    }
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    told.TrySetResult();
    cancel.Cancel();
}
