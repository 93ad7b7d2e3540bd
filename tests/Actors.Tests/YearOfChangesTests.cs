using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.Actors.Tests;

/// <summary>A machine, and the list of machines, after a year in which something changed every hour; the same on both kinds of database.</summary>
public abstract class YearOfChangesTests(ITestOutputHelper output)
{
    private const int Hours = 365 * 24;

    /// <summary>So many events are in the journal already when the service starts, as a release that kept everything would leave them.</summary>
    private const int Earlier = 8000, EarlierOfList = 1200;

    private const string Log = "cachemachine-m";

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    private static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_machine_recovers_in_under_100_ms_keeps_its_last_1000_events_and_numbers_on_when_it_is_made_again()
    {
        await using var service = MachineService.Stopped(await OpenAsync());
        await service.Store.RecordAsync(Log, Enumerable.Range(1, Earlier).Select(hour => new MachineConfigured(hour, Spec(hour), At)));
        service.Run();
        for (var hour = Earlier + 1; hour <= Hours; hour++)
            Assert.IsType<MachineStatus>(await ConfigureAsync(service, hour));
        var highest = (await service.Store.Tables.NumbersAsync(Log))[^1];
        await AssertCompactedAsync(service, Log, highest);

        // However busy the machine that runs the tests is, one of many recoveries shows what it takes.
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 40 && best >= Limit; i++)
        {
            await service.RestartAsync();
            // The first actor of a system waits for the shards; that is no recovery.
            foreach (var other in new[] { "n", "o", "p", "q", "r" })
                await MachineService.AskAsync(service.Machines, new GetMachine(other));
            var began = TimeProvider.System.GetTimestamp();
            var status = Assert.IsType<MachineStatus>(await MachineService.AskAsync(service.Machines, new GetMachine("m")));
            Assert.Equal($"{Hours}", status.Labels["hour"]);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
        }
        output.WriteLine($"recovery after {highest} events: {best.TotalMilliseconds:0.0} ms");
        Assert.True(best < Limit, $"recovery took {best}");

        Assert.IsType<MachineGone>(await MachineService.AskAsync(service.Machines, new DeleteMachine("m", Hours + 1)));
        Assert.IsType<MachineStatus>(await ConfigureAsync(service, Hours + 2));
        Assert.Equal([highest + 1, highest + 2], (await service.Store.Tables.NumbersAsync(Log)).TakeLast(2));
    }

    [Fact]
    public async Task The_list_of_machines_is_compacted_too_and_is_the_same_after_a_restart()
    {
        await using var service = MachineService.Stopped(await OpenAsync());
        await service.Store.RecordAsync(
            MachineSupervisorActor.Id, Enumerable.Range(1, EarlierOfList).Select(nr => new MachineCreated(nr, nr == 1 ? Spec(0, "other") : Spec(nr))));
        service.Run();
        for (var change = EarlierOfList + 1; change <= 1500; change++)
            await service.CreateAsync(Spec(change));

        await AssertCompactedAsync(service, MachineSupervisorActor.Id, 1500);
        await service.RestartAsync();

        Assert.Equal(["m", "other"], await service.NamesAsync());
        Assert.Equal("1500", (await service.StatusAsync("m")).Labels["hour"]);
        Assert.IsType<MachineGone>(await MachineService.AskAsync(service.Supervisor, new RemoveMachine("other")));
        Assert.Equal([1501, 1502], (await service.Store.Tables.NumbersAsync(MachineSupervisorActor.Id)).TakeLast(2));
    }

    private protected abstract Task<JournalTables> OpenAsync();

    // Without repository managers, whose lists would be events of their own, in an order that is not known.
    private static MachineSpec Spec(int hour, string name = "m") =>
        new() { Name = name, RepoMen = [], Labels = ImmutableSortedDictionary<string, string>.Empty.Add("hour", $"{hour}") };

    // Told past the supervisor, so that nothing but a question starts the machine after a restart.
    private static async Task<object> ConfigureAsync(MachineService service, int hour) =>
        await MachineService.AskAsync(service.Machines, new ConfigureMachine(hour, Spec(hour)));

    // Deleting goes on behind the last command, so it is waited for.
    private static async Task AssertCompactedAsync(MachineService service, string log, long highest)
    {
        var tables = service.Store.Tables;
        long snapshot = 0;
        await service.Until(
            async () => await tables.SnapshotsAsync(log) is [var only] && (snapshot = only.Number) > highest - 200, "the last snapshot is there, and no older one");
        var first = snapshot - JournalCompaction.DefaultHistory + 1;
        await service.Until(async () => (await tables.NumbersAsync(log))[0] >= first, "old events are deleted");
        Assert.Equal(Enumerable.Range(0, (int)(highest - first + 1)).Select(i => first + i), await tables.NumbersAsync(log));
    }
}

public sealed class YearOfChangesOnSqliteTests(ITestOutputHelper output) : YearOfChangesTests(output), IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("year-");

    public void Dispose() => _directory.Delete(recursive: true);

    private protected override Task<JournalTables> OpenAsync() => Task.FromResult(JournalTables.Sqlite(Path.Combine(_directory.FullName, "year.db")));
}

[Trait("Category", "Postgres")]
public sealed class YearOfChangesOnPostgresTests(ITestOutputHelper output) : YearOfChangesTests(output), IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private protected override Task<JournalTables> OpenAsync() => Task.FromResult(JournalTables.Postgres(_database.ConnectionString));
}
