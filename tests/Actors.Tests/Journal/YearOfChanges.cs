using System.Collections.Immutable;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.Persistence.Sqlite;
using CacheMachine.Runtime.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.Actors.Tests.Journal;

/// <summary>A machine, and the list of machines, after a year in which something changed every hour.</summary>
public abstract class YearOfChanges(ITestOutputHelper output)
{
    private const int Hours = 365 * 24;

    /// <summary>So many events are in the journal already when the service starts, as an earlier release without compaction leaves them.</summary>
    private const int Earlier = 8000, EarlierOfList = 1200;

    private const string Log = "cachemachine-m";

    protected abstract Task<IEventStore> OpenAsync();

    // Without repository managers, whose lists would be events of their own, in an order that is not known.
    private static MachineSpec Spec(int hour, string name = "m") =>
        new() { Name = name, RepoMen = [], Labels = ImmutableSortedDictionary<string, string>.Empty.Add("hour", $"{hour}") };

    private static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Tells the machine itself, past the supervisor, so that nothing but a question starts it after a restart.</summary>
    private static async Task<object> ConfigureAsync(MachineService service, int hour) =>
        await MachineService.AskAsync(service.Machines, new ConfigureMachine(hour, Spec(hour)));

    [Fact]
    public async Task A_machine_recovers_in_under_100_ms_keeps_its_last_1000_events_and_numbers_on_when_it_is_made_again()
    {
        await SeedAsync(Log, Enumerable.Range(1, Earlier).Select(hour => new MachineConfigured(hour, Spec(hour), At)));
        await using var service = await MachineService.StartAsync(async () => new WatchedStore(await OpenAsync()), null);
        for (var hour = Earlier + 1; hour <= Hours; hour++)
            Assert.IsType<MachineStatus>(await ConfigureAsync(service, hour));
        var highest = await service.Store.HighestSequenceNrAsync(Log, default);

        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 7; i++)
        {
            await service.RestartAsync();
            // The first actor of a system waits for the shard region; that is no recovery.
            await MachineService.AskAsync(service.Machines, new GetMachine("other"));
            var began = TimeProvider.System.GetTimestamp();
            var status = Assert.IsType<MachineStatus>(await MachineService.AskAsync(service.Machines, new GetMachine("m")));
            Assert.Equal($"{Hours}", status.Labels["hour"]);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
        }
        output.WriteLine($"recovery after {highest} events: {best.TotalMilliseconds:0.0} ms");
        Assert.True(best < TimeSpan.FromMilliseconds(100), $"recovery took {best}");

        await AssertCompactedAsync(service, Log, highest);

        Assert.IsType<MachineGone>(await MachineService.AskAsync(service.Machines, new DeleteMachine("m", Hours + 1)));
        Assert.IsType<MachineStatus>(await ConfigureAsync(service, Hours + 2));
        Assert.True(await service.Store.HighestSequenceNrAsync(Log, default) >= highest + 2);
    }

    [Fact]
    public async Task The_list_of_machines_is_compacted_too_and_is_the_same_after_a_restart()
    {
        await SeedAsync(
            MachineSupervisorActor.Id,
            Enumerable.Range(1, EarlierOfList).Select(nr => new MachineCreated(nr, nr == 1 ? Spec(0, "other") : Spec(nr))));
        await using var service = await MachineService.StartAsync(async () => new WatchedStore(await OpenAsync()), null);
        for (var change = EarlierOfList + 1; change <= 1500; change++)
            await service.CreateAsync(Spec(change));

        await AssertCompactedAsync(service, MachineSupervisorActor.Id, 1500);
        await service.RestartAsync();

        Assert.Equal(["m", "other"], await service.NamesAsync());
        Assert.Equal("1500", (await service.StatusAsync("m")).Labels["hour"]);
        var gone = MachineService.AskAsync(service.Supervisor, new RemoveMachine("other"));
        await service.Until(() => gone.IsCompleted, "the other machine is gone");
        Assert.Equal(1502, await service.Store.HighestSequenceNrAsync(MachineSupervisorActor.Id, default));
    }

    private async Task SeedAsync(string log, IEnumerable<object> events)
    {
        var codec = new JournalCodec();
        await using var store = await OpenAsync();
        foreach (var batch in events.Select((e, i) => new JournalEntry(i + 1, codec.Serialize(e), At)).Chunk(500))
            Assert.IsType<AppendResult.Stored>(await store.Journal.AppendAsync(log, batch));
    }

    // Deleting goes on behind the last command, so it is waited for.
    private static async Task AssertCompactedAsync(MachineService service, string log, long highest)
    {
        long snapshot = 0;
        await service.Until(
            async () => (snapshot = (await service.Store.LoadLatestAsync(log, SnapshotSelectionCriteria.Latest, default))?.Metadata.SequenceNr ?? 0) > highest - 200,
            "the last snapshot is there");
        var first = snapshot - 1000 + 1;
        await service.Until(async () => (await service.Store.ReadAsync(log, 1, long.MaxValue, 1, default))[0].SequenceNr >= first, "old events are deleted");
        var kept = new List<long>();
        while (await service.Store.ReadAsync(log, kept.Count == 0 ? 1 : kept[^1] + 1, long.MaxValue, 5000, default) is { Count: > 0 } page)
            kept.AddRange(page.Select(entry => entry.SequenceNr));

        Assert.Equal(Enumerable.Range(0, (int)(highest - first + 1)).Select(i => first + i), kept);
        Assert.True(kept.Count >= 1000);
        await service.Until(
            async () => await service.Store.LoadLatestAsync(log, new SnapshotSelectionCriteria(snapshot - 1), default) is null, "older snapshots are deleted");
    }
}

public sealed class YearOfChangesOnSqlite(ITestOutputHelper output) : YearOfChanges(output), IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("year-");

    public void Dispose() => _directory.Delete(recursive: true);

    protected override async Task<IEventStore> OpenAsync() => await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(_directory.FullName, "year.db")));
}

[Trait("Category", "Postgres")]
public sealed class YearOfChangesOnPostgres(ITestOutputHelper output) : YearOfChanges(output), IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    protected override async Task<IEventStore> OpenAsync() => await PostgresEventStore.OpenAsync(new PostgresStoreOptions(_database.ConnectionString));
}
