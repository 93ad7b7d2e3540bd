using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary>The service with a simulated cluster and an empty database, from the start of its process until it lists its machines.</summary>
/// <param name="directory">For the databases.</param>
internal sealed partial class StartUp(string directory) : Benchmark
{
    private static readonly HttpClient Http = new();

    private int _databases;

    public override string Name => "start of the service, until it answers";

    public override string Peer => "Akka.NET, a cluster of one replica";

    public override Unit Unit => Unit.Milliseconds;

    public override int Start => 1;

    public override int Most => 1;

    public override Task<double> RunAsync(int count) => RunAsync("bin");

    public override Task<double> RunPeerAsync(int count) => RunAsync("bin-akka");

    public override ValueTask DisposeAsync() => default;

    private async Task<double> RunAsync(string output)
    {
        var program = Path.Combine(Root(), "src", "Host", output, "Release", "net10.0", "CacheMachine.Host.dll");
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is not there: build src/Host in Release for both runtimes first (bench/README.md)");
        var data = Path.Combine(directory, $"service-{++_databases}");
        var began = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--port", "0", "--no-example", "--data", data]) { RedirectStandardOutput = true })!;
        try
        {
            await AnswersAsync(await ListensAsync(process));
            return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<Uri> ListensAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new Uri(match.Groups[1].Value);
            }
        }
        throw new InvalidOperationException($"the service ended with {process.ExitCode} before it listened");
    }

    private static async Task AnswersAsync(Uri address)
    {
        while (true)
        {
            using var answer = await Http.GetAsync(address);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CacheMachine.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the benchmarks must be run from their own build, inside the repository");
        return folder.FullName;
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
