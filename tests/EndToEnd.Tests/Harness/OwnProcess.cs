using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in a process of its own, which can be killed.</summary>
internal sealed partial class OwnProcess : RunningService
{
    private readonly Process _process;

    private OwnProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public override Uri Address { get; }

    public static async Task<OwnProcess> StartAsync(IEnumerable<string> flags)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Host.Service).Assembly.Location, "--port", "0", .. flags])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("the service could not be started");
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new OwnProcess(process, new Uri(match.Groups[1].Value));
            }
        }
        throw new InvalidOperationException($"the service ended with {process.ExitCode} before it listened");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    protected override async ValueTask StopAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
