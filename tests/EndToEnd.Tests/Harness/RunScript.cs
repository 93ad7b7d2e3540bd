using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The script <c>./run</c>, with a directory of its own for the database and for what it makes while it runs.</summary>
internal sealed partial class RunScript : IAsyncDisposable
{
    /// <summary>How long an end may take: far more than the 2 s that it is meant to take, for a busy computer.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    // It may have to build everything first.
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachemachine-test-");
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new(), _errors = new();

    private RunScript(string[] flags)
    {
        var start = new ProcessStartInfo(Path.Combine(RealClusterUnderTest.Repository(), "run"), [.. flags, "--data", Path.Combine(_folder.FullName, "data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = _folder.FullName;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The lines of its standard output so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The lines of its standard error so far, but for those that tell of a build.</summary>
    public IReadOnlyCollection<string> Errors => [.. _errors.Where(line => !line.StartsWith("run: building", StringComparison.Ordinal))];

    /// <summary>Starts it; it may still be building when this returns.</summary>
    public static RunScript Start(params string[] flags) => new(flags);

    /// <summary>Waits until the service says where it listens.</summary>
    public async Task<Uri> ListensAsync()
    {
        await IsAsync(() => Address() is not null, "the service listens");
        return Address()!;
    }

    /// <summary>Waits for something to be so while it runs.</summary>
    public Task<TimeSpan> IsAsync(Func<bool> right, string what) => Eventually.Is(
        () => _process.HasExited ? throw new InvalidOperationException($"it ended with {_process.ExitCode} before {what}: {Show()}") : Task.FromResult(right()),
        done => done, StartTime, what, _ => Show());

    /// <summary>Its processes that run a program, as <c>CacheMachine.Simulator</c>.</summary>
    public IReadOnlyList<int> Processes(string program) =>
        [.. Left().Where(process => process.Command.Contains($"{program}.dll", StringComparison.Ordinal)).Select(process => process.Pid)];

    /// <summary>Sends it a signal.</summary>
    public void Send(Signal signal) => Signals.Send(_process.Id, signal);

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code, and how long it took.</returns>
    public async Task<(int Code, TimeSpan Took)> EndsAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        await _process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        return (_process.ExitCode, TimeProvider.System.GetElapsedTime(start));
    }

    /// <summary>Waits until no process and no file but the database is left of it. (The sockets of a .NET process that is killed stay.)</summary>
    public Task<TimeSpan> NothingIsLeftAsync() => Eventually.Is(
        () => Task.FromResult(Left().Select(process => process.Command).Concat(_folder.GetFileSystemInfos("cachemachine*").Select(file => file.Name)).ToList()),
        left => left.Count == 0, Patience, "nothing is left", left => string.Join(", ", left));

    /// <summary>All that it wrote.</summary>
    public string Show() => string.Join(Environment.NewLine, _output.Concat(_errors));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        foreach (var process in Left())
            Kill(process.Pid);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrEmpty(line))
            lines.Enqueue(line);
    }

    private Uri? Address() =>
        _output.Select(line => Listening().Match(line)).FirstOrDefault(match => match.Success) is { } match ? new Uri(match.Groups[1].Value) : null;

    // Its service and its simulator are told of the folder; nobody else is.
    private List<(int Pid, string Command)> Left()
    {
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || pid == _process.Id)
                continue;
            try
            {
                var command = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                if (command.Contains(_folder.FullName, StringComparison.Ordinal))
                    found.Add((pid, command));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
        return found;
    }

    private static void Kill(int pid)
    {
        try
        {
            Signals.Send(pid, Signal.Kill);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile.
        }
    }

    [GeneratedRegex(@"^[^\[].*listening on (http://[^/\s]+)")]
    private static partial Regex Listening();
}
