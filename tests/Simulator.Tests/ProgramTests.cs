using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.Simulator.Tests.Conformance;

namespace CacheMachine.Simulator.Tests;

/// <summary>The simulator as a process of its own.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private const int Interrupt = 2, Terminate = 15;

    // Far more than it takes, for a busy computer; it is meant to be 2 s.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachemachine-test-");
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task When_it_says_where_it_is_both_files_are_complete_and_only_their_owner_may_read_them()
    {
        var (kubeconfig, example) = (Path.Combine(_folder.FullName, "kubeconfig"), Path.Combine(_folder.FullName, "example.json"));
        var process = Start("--nodes", "3", "--kubernetes", "1.36", "--namespace", "mine", "--kubeconfig", kubeconfig, "--example-machine", example);

        var ready = await ReadyAsync(process);

        Assert.Equal(["example.json", "kubeconfig"], _folder.GetFiles().Select(file => file.Name).Order());
        Assert.All(_folder.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        var config = JsonNode.Parse(await File.ReadAllTextAsync(kubeconfig))!;
        Assert.Equal(ready.Api, config["clusters"]![0]!["cluster"]!.String("server"));
        Assert.NotEqual("", config["users"]![0]!["user"]!.String("token"));
        Assert.Equal("mine", config["contexts"]![0]!["context"]!.String("namespace"));
        var machine = JsonNode.Parse(await File.ReadAllTextAsync(example))!;
        Assert.Equal(("example", ready.Registry), (machine.String("name"), machine["repomen"]![0]!.String("registry_url")));
        using var api = new Api(new HttpClient { BaseAddress = new Uri(ready.Api) });
        Assert.Equal(3, (await api.Get("/api/v1/nodes")).Items().Count);
        Assert.Equal("v1.36.2", (await api.Get("/version")).String("gitVersion"));
        Assert.Equal("mine", (await api.Get("/api/v1/namespaces/mine")).Name());
        using var registry = new HttpClient { BaseAddress = new Uri($"http://{ready.Registry}") };
        Assert.Contains("recommended", await registry.GetStringAsync(new Uri("/v2/lsstsqre/sciplat-lab/tags/list", UriKind.Relative)), StringComparison.Ordinal);
        // A watch is open, as a client's would be.
        using var watch = await WatchReader.Open(api, "/api/v1/nodes?watch=true");
        Assert.Equal((0, ""), await EndAsync(process, Terminate));
    }

    [Theory]
    [InlineData(Terminate)]
    [InlineData(Interrupt)]
    public async Task It_ends_in_order_when_it_is_told_to_while_it_starts(int signal)
    {
        // Which takes seconds.
        var process = Start("--nodes", "5000");
        await Wait.Until("it has begun to start", () => process.HasExited || HasLoaded(process, "Microsoft.AspNetCore.Server.Kestrel.Core.dll"), Longest);

        Assert.Equal((0, ""), await EndAsync(process, signal));
    }

    [Fact]
    public async Task A_registry_port_that_is_taken_is_replaced_and_a_port_of_the_API_that_is_taken_is_said_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var ready = await ReadyAsync(Start("--nodes", "1", "--registry-port", $"{port}"));
        var refused = Start("--nodes", "1", "--port", $"{port}");

        Assert.NotEqual($"127.0.0.1:{port}", ready.Registry);
        await refused.WaitForExitAsync().WaitAsync(Longest, TimeProvider.System);
        Assert.Equal((1, ""), (refused.ExitCode, await refused.StandardOutput.ReadToEndAsync()));
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{port}: address already in use.", (await refused.StandardError.ReadToEndAsync()).TrimEnd());
    }

    [Fact]
    public async Task A_wished_registry_port_that_is_free_is_used()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        Assert.Equal($"127.0.0.1:{port}", (await ReadyAsync(Start("--nodes", "1", "--registry-port", $"{port}"))).Registry);
    }

    [Fact]
    public async Task Flags_that_cannot_be_used_are_said_and_exit_with_2()
    {
        var process = Start("--nodes", "0");
        await process.WaitForExitAsync().WaitAsync(Longest, TimeProvider.System);

        Assert.Equal((2, ""), (process.ExitCode, await process.StandardOutput.ReadToEndAsync()));
        Assert.Equal("--nodes \"0\": must be a whole number from 1 to 5000", (await process.StandardError.ReadToEndAsync()).TrimEnd());
    }

    private Process Start(params string[] flags)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SimulatedCluster).Assembly.Location, .. flags])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    private static async Task<(string Api, string Registry)> ReadyAsync(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Longest, TimeProvider.System);
        var match = Ready().Match(line ?? "");
        Assert.True(match.Success, $"'{line}' {(line is null ? await process.StandardError.ReadToEndAsync() : "")}");
        return (match.Groups["api"].Value, match.Groups["registry"].Value);
    }

    private static async Task<(int Code, string Errors)> EndAsync(Process process, int signal)
    {
        Assert.Equal(0, Kill(process.Id, signal));
        await process.WaitForExitAsync().WaitAsync(Longest, TimeProvider.System);
        return (process.ExitCode, await process.StandardError.ReadToEndAsync());
    }

    // Before the program itself runs, a signal ends the process on the spot, with another exit code.
    private static bool HasLoaded(Process process, string library) =>
        File.ReadLines($"/proc/{process.Id}/maps").Any(line => line.EndsWith($"/{library}", StringComparison.Ordinal));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);

    [GeneratedRegex(@"^simulated cluster of \d+ nodes, Kubernetes [\d.]+: API at (?<api>http://127\.0\.0\.1:\d+), registry at (?<registry>127\.0\.0\.1:\d+)\z")]
    private static partial Regex Ready();
}
