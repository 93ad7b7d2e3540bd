using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in a process of its own, which can be killed, told to stop, and frozen.</summary>
internal sealed partial class OwnProcess : RunningService
{
    private readonly Process _process;
    private readonly ConcurrentQueue<(long At, string Text)> _output = new();
    private readonly TaskCompletionSource<Uri> _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OwnProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start) ?? throw new InvalidOperationException("the service could not be started");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public override Uri Address => _listens.Task.Result;

    /// <summary>All lines so far that it wrote to its output and to its errors.</summary>
    public IReadOnlyCollection<string> Output => [.. _output.Select(line => line.Text)];

    /// <summary>The same, with the time at which each came, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public IReadOnlyCollection<(long At, string Text)> Lines => _output;

    /// <summary>How it ended; only when it has.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="flags">Besides <c>--port 0</c>, which is added if there is no port.</param>
    /// <param name="environment">Added to the test's own.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message has what it wrote.</exception>
    public static async Task<OwnProcess> StartAsync(IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = Launch(flags, environment);
        await process.ListensAsync();
        return process;
    }

    /// <summary>Starts it, and does not wait.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static OwnProcess Launch(IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] all = [.. flags];
        var start = new ProcessStartInfo("dotnet", [typeof(Host.Startup.Service).Assembly.Location, .. all.Contains("--port") ? all : ["--port", "0", .. all]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new OwnProcess(start);
    }

    /// <summary>Waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it wrote.</exception>
    public async Task ListensAsync()
    {
        if (await Task.WhenAny(_listens.Task, _process.WaitForExitAsync()) != _listens.Task)
            throw new InvalidOperationException($"the service ended with {_process.ExitCode} before it listened: {string.Join(Environment.NewLine, Output)}");
    }

    /// <summary>Waits until it writes a line that has this text.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it wrote.</exception>
    public Task<TimeSpan> SaysAsync(string text, TimeSpan within) => Eventually.Is(
        () => Task.FromResult(Output),
        lines => lines.Any(line => line.Contains(text, StringComparison.Ordinal))
            || (_process.HasExited ? throw new InvalidOperationException(string.Join(Environment.NewLine, lines)) : false),
        within, $"the service says '{text}'", lines => string.Join(Environment.NewLine, lines));

    /// <summary>Returns when it has ended by itself, and all that it wrote is in <see cref="Output"/>.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It is still there after a minute.</exception>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, or another signal; returns when it is gone.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It is still there after 30 s.</exception>
    public async Task<int> TerminateAsync(Signal signal = Signal.Terminate)
    {
        Signals.Send(_process.Id, signal);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it does nothing at all until <see cref="Thaw"/>, and its sockets stay open.</summary>
    public async Task FreezeAsync()
    {
        Signals.Send(_process.Id, Signal.Stop);
        // On a busy computer it takes a moment until none of its threads runs.
        await Eventually.Is(
            async () => (await File.ReadAllTextAsync($"/proc/{_process.Id}/stat")).Split(") ")[^1][0], state => state == 'T', TimeSpan.FromSeconds(10), "the process is stopped");
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signals.Send(_process.Id, Signal.Continue);

    protected override async ValueTask StopAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue((TimeProvider.System.GetTimestamp(), line));
        if (Listening().Match(line) is { Success: true } match)
            _listens.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"listening on (http://[^/\s]+)")]
    private static partial Regex Listening();
}
