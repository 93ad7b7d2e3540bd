using System.Diagnostics;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The server of <c>CACHEMACHINE_TEST_POSTGRES</c>, where the tests may stop it.</summary>
internal static class PostgresServer
{
    /// <summary>Where it lives; null where the tests may not stop it.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_POSTGRES_DIR");

    /// <summary>Runs a command of <c>tests/postgres/postgres</c>: stop, kill, start.</summary>
    public static async Task RunAsync(string command)
    {
        var directory = Folder ?? throw new InvalidOperationException("CACHEMACHINE_TEST_POSTGRES_DIR is not set, so this PostgreSQL server cannot be restarted");
        var start = new ProcessStartInfo(Path.Combine(RealClusterUnderTest.Repository(), "tests", "postgres", "postgres"), [command, "--dir", directory])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"postgres {command}: {errors}");
    }
}

/// <summary>A test that stops PostgreSQL; left out, by name and with the reason, where the server is not the tests' own.</summary>
public sealed class PostgresRestartTheoryAttribute : TheoryAttribute
{
    public override string Skip
    {
        get => PostgresServer.Folder is null ? "CACHEMACHINE_TEST_POSTGRES_DIR is not set, so this PostgreSQL server cannot be restarted" : null!;
        set => base.Skip = value;
    }
}
