using System.Diagnostics;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A server of its own, by <c>tests/postgres/postgres</c>, that is stopped and killed under load.</summary>
[Trait("Category", "Postgres")]
public sealed class PostgresRestartTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = $"/tmp/cachemachine-restart-{Guid.NewGuid():N}";
    private PostgresEventStore _store = null!;

    public async Task InitializeAsync()
    {
        await PostgresAsync("up");
        var line = (await File.ReadAllLinesAsync(Path.Combine(_directory, "env"))).Single(text => text.StartsWith("CACHEMACHINE_TEST_POSTGRES=", StringComparison.Ordinal));
        _store = await PostgresEventStore.OpenAsync(new PostgresStoreOptions(line.Split('\'')[1]) { ProbeInterval = TimeSpan.FromMilliseconds(100) });
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await PostgresAsync("down");
        Directory.Delete(_directory, recursive: true);
    }

    [TheoryWithItsOwnServer]
    [InlineData("stop")]
    [InlineData("kill")]
    public async Task Writers_lose_nothing_that_was_acknowledged_and_go_on_by_themselves_when_the_server_is_back(string how)
    {
        const int Writers = 8;
        using var done = new CancellationTokenSource();
        var stored = new long[Writers];
        var refused = 0; // Or not known whether it was stored: the outage is noticed.

        async Task WriteAsync(int writer)
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    switch (await AppendAsync(writer, stored[writer] + 1))
                    {
                        case AppendResult.Stored:
                            Interlocked.Increment(ref stored[writer]);
                            break;
                        case AppendResult.Unavailable:
                            Interlocked.Increment(ref refused);
                            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                            break;
                        case var other:
                            throw new InvalidOperationException($"an append was answered {other}");
                    }
                }
                catch (PersistenceException e) when (e.Message.Contains("not known", StringComparison.Ordinal))
                {
                    // All of them may be in the midst of a COMMIT. As an actor does: it recovers, as soon as it can.
                    Interlocked.Increment(ref refused);
                    await Until(async () =>
                    {
                        stored[writer] = await _store.Journal.HighestSequenceNrAsync($"w{writer}");
                        return true;
                    });
                }
            }
        }

        var writers = Enumerable.Range(0, Writers).Select(WriteAsync).ToList();
        await Until(() => Task.FromResult(stored.All(count => count > 5)));
        await PostgresAsync(how);
        await Until(() => Task.FromResult(Volatile.Read(ref refused) > 0));
        var began = TimeProvider.System.GetTimestamp();
        await PostgresAsync("start");
        var before = stored.ToArray();
        await Until(() => Task.FromResult(Enumerable.Range(0, Writers).All(i => Volatile.Read(ref stored[i]) > before[i] + 5)));
        output.WriteLine($"{how}: all writers go on {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.00} s after the start");
        await done.CancelAsync();
        await Task.WhenAll(writers).WaitAsync(Patience, TimeProvider.System);

        for (var writer = 0; writer < Writers; writer++)
            Assert.Equal(stored[writer], await _store.Journal.HighestSequenceNrAsync($"w{writer}"));
    }

    /// <summary>Where the tests were given a server of somebody else's, this machine may be unable to run one.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TheoryWithItsOwnServerAttribute : TheoryAttribute
    {
        public TheoryWithItsOwnServerAttribute()
        {
            if (Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_POSTGRES_DIR") is null)
                Skip = "CACHEMACHINE_TEST_POSTGRES_DIR is not set";
        }
    }

    private Task<AppendResult> AppendAsync(int writer, long nr) =>
        _store.Journal.AppendAsync($"w{writer}", [new JournalEntry(nr, new SerializedPayload(1, "m", new byte[100]), DateTimeOffset.UnixEpoch)]);

    /// <summary>Asks until it is so; what fails meanwhile because the database is away is asked again.</summary>
    private static async Task Until(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (PersistenceException) when (TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                // The database is away.
            }
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "it never came so");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private async Task PostgresAsync(string command)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "tests/postgres/postgres")))
            folder = folder.Parent;
        // Its output goes nowhere: the server it starts would hold a pipe open.
        using var process = Process.Start(new ProcessStartInfo("/bin/bash")
        {
            ArgumentList = { "-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", Path.Combine(folder.FullName, "tests/postgres/postgres"), command, "--dir", _directory },
            WorkingDirectory = "/tmp",
        })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"postgres {command} ended with exit code {process.ExitCode}");
    }
}
