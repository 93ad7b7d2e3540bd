using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Startup;

/// <summary>Replicas of this service as child processes. What they print is printed, with the replica's number before each line.</summary>
/// <param name="count">How many.</param>
internal sealed partial class ReplicaProcesses(int count) : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly bool[] _isListening = new bool[count];

    /// <summary>Done when all processes have ended.</summary>
    public Task AllEnded => Task.WhenAll(_processes.Select(process => process.WaitForExitAsync()));

    /// <summary>The first exit code that is not 0; 0 where there is none. Only when all have ended.</summary>
    public int ExitCode => _processes.Select(process => process.ExitCode).FirstOrDefault(code => code != 0);

    /// <summary>Starts the next one.</summary>
    /// <param name="arguments">Of the service.</param>
    /// <param name="environment">Besides our own.</param>
    public void Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        // dotnet PROGRAM.dll, or an executable of its own.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ReplicaProcesses).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("a replica could not be started");
        var index = _processes.Count;
        _processes.Add(process);
        process.OutputDataReceived += (_, line) => Print(Console.Out, index, process.Id, line.Data);
        process.ErrorDataReceived += (_, line) => Print(Console.Error, index, process.Id, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"replica {index + 1} of {count} ended with exit code {process.ExitCode}"));
    }

    /// <summary>SIGTERM to all that run: each hands its machines over, as far as another is left.</summary>
    public void Stop()
    {
        foreach (var process in _processes.Where(process => !process.HasExited))
            _ = Kill(process.Id, 15);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
    }

    private void Print(TextWriter to, int index, int pid, string? line)
    {
        if (line is null)
            return;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{index + 1}] {line}"));
        if (_isListening[index] || Listening().Match(line) is not { Success: true } match)
            return;
        _isListening[index] = true;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"replica {index + 1} of {count}: {match.Groups[1].Value} pid {pid}"));
    }

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [GeneratedRegex(@"listening on (https?://[^/\s]+)")]
    private static partial Regex Listening();
}
