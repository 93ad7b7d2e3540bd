using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CacheMachine.Kubernetes.Bench;

/// <summary>Measures the clients in turns, each in a process of its own, against one server.</summary>
internal static class Runs
{
    private static string Self => Environment.ProcessPath!;

    /// <summary>All of them, some rounds.</summary>
    public static async Task<int> AllAsync(int rounds)
    {
        using var server = Start("--serve");
        var address = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the server did not start");
        await Console.Out.WriteLineAsync(FormattableString.Invariant(
            $"{Load.Nodes} nodes of {Load.Node(0, 1).Length} bytes in pages of {Load.Page}, then {Load.Changes} changes; {Environment.ProcessorCount} cores, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}"));
        var results = Clients.All.Keys.ToDictionary(name => name, _ => new List<double[]>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, list) in results)
            {
                using var client = Start("--follow", name, address);
                var line = await client.StandardOutput.ReadToEndAsync();
                await client.WaitForExitAsync();
                if (client.ExitCode != 0)
                    return client.ExitCode;
                list.Add([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]);
            }
        }
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        await Console.Out.WriteLineAsync("| client | list, s | list and watch, s | CPU, s | peak RSS, MB | heap kept, MB |\n|---|---|---|---|---|---|");
        foreach (var (name, list) in results)
            await Console.Out.WriteLineAsync($"| {name} | {string.Join(" | ", Enumerable.Range(0, 5).Select(i => Show(list, i)))} |");
        return 0;
    }

    /// <summary>One, in this process: its figures in one line.</summary>
    public static async Task OneAsync(Func<Uri, Action, Task<object>> client, Uri server)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var list = TimeSpan.Zero;
        var kept = await client(server, () => list = time.GetElapsedTime(began));
        var all = time.GetElapsedTime(began);
        using var self = Process.GetCurrentProcess();
        var (cpu, peak) = (self.TotalProcessorTime.TotalSeconds, self.PeakWorkingSet64);
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        await Console.Out.WriteLineAsync(FormattableString.Invariant(
            $"{list.TotalSeconds:0.000} {all.TotalSeconds:0.000} {cpu:0.000} {peak / 1e6:0.0} {heap / 1e6:0.0}"));
    }

    private static string Show(List<double[]> results, int index)
    {
        var sorted = results.Select(result => result[index]).Order().ToArray();
        return FormattableString.Invariant($"{sorted[sorted.Length / 2]:0.0} ({sorted[0]:0.0}..{sorted[^1]:0.0})");
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo(Self, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
