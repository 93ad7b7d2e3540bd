using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in a process of its own, which can be killed, told to stop, and frozen.</summary>
internal sealed partial class OwnProcess : RunningService
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private OwnProcess(Process process, ConcurrentQueue<string> output, Uri address) => (_process, _output, Address) = (process, output, address);

    public override Uri Address { get; }

    /// <summary>All lines so far that it wrote to its output and to its errors.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="flags">Besides <c>--port 0</c>.</param>
    /// <param name="environment">Added to the test's own.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message has what it wrote.</exception>
    public static async Task<OwnProcess> StartAsync(IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Host.Startup.Service).Assembly.Location, "--port", "0", .. flags])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("the service could not be started");
        var output = new ConcurrentQueue<string>();
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (await Task.WhenAny(listens.Task, process.WaitForExitAsync()) == listens.Task)
            return new OwnProcess(process, output, await listens.Task);
        throw new InvalidOperationException($"the service ended with {process.ExitCode} before it listened: {string.Join(Environment.NewLine, output)}");

        void Keep(string? line)
        {
            if (line is null)
                return;
            output.Enqueue(line);
            if (Listening().Match(line) is { Success: true } match)
                listens.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns when it is gone.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It is still there after 30 s.</exception>
    public async Task<int> TerminateAsync()
    {
        Signals.Send(_process.Id, Signal.Terminate);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it does nothing at all until <see cref="Thaw"/>, and its sockets stay open.</summary>
    public void Freeze() => Signals.Send(_process.Id, Signal.Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signals.Send(_process.Id, Signal.Continue);

    protected override async ValueTask StopAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"listening on (http://[^/\s]+)")]
    private static partial Regex Listening();
}
