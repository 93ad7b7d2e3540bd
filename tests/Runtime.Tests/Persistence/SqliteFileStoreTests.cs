using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class SqliteFileStoreTests : SharedEventStoreConformance
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("journal-");
    private int _count;

    private string FilePath(string name) => Path.Combine(_directory.FullName, "new folder", name);

    private static Task<SqliteEventStore> OpenAsync(string path) =>
        SqliteEventStore.OpenAsync(new SqliteStoreOptions(path) { BusyTimeout = TimeSpan.FromMilliseconds(50) });

    protected override async Task<IEventStore> OpenAsync() => await SqliteEventStore.OpenAsync(new SqliteStoreOptions(FilePath($"{_count++}.db")));

    protected override async Task<IEventStore> OpenAgainAsync() => await SqliteEventStore.OpenAsync(new SqliteStoreOptions(FilePath($"{_count - 1}.db")));

    protected override Task CleanUpAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    private static object? Query(string path, string sql)
    {
        using var connection = Connect(path);
        return SqliteConnections.Scalar(connection, sql);
    }

    [Fact]
    public async Task A_store_opened_again_has_everything_and_goes_on()
    {
        var path = FilePath("again.db");
        await using (var first = await OpenAsync(path))
        {
            await first.Journal.AppendAsync("a", Entries(1, 3));
            await first.Snapshots.SaveAsync(new SnapshotMetadata("a", 2, Created.UtcDateTime), Entry(0, "state").Payload);
        }

        await using var second = await OpenAsync(path);

        Assert.Equal([1, 2, 3], await NumbersAsync(second.Journal, "a"));
        Assert.Equal("state", Text((await second.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest))!.Payload));
        Assert.IsType<AppendResult.Stored>(await second.Journal.AppendAsync("a", [Entry(4)]));
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_process_that_ends_without_closing()
    {
        var path = FilePath("killed.db");
        await using var killed = await OpenAsync(path);
        await killed.Journal.AppendAsync("a", Entries(1, 3));

        // What a killed process leaves: the file and its write-ahead log, never checkpointed.
        foreach (var suffix in new[] { "", "-wal" })
            File.Copy(path + suffix, FilePath("copy.db") + suffix);

        await using var next = await OpenAsync(FilePath("copy.db"));
        Assert.Equal([1, 2, 3], await NumbersAsync(next.Journal, "a"));
    }

    [Fact]
    public async Task Two_processes_on_one_file_are_fenced_by_the_sequence_number()
    {
        var path = FilePath("shared.db");
        await using var one = await OpenAsync(path);
        await using var other = await OpenAsync(path);
        await one.Journal.AppendAsync("a", Entries(1, 2));

        Assert.Equal(new AppendResult.Conflict(2, 2), await other.Journal.AppendAsync("a", [Entry(2)]));
        Assert.IsType<AppendResult.Stored>(await other.Journal.AppendAsync("a", [Entry(3)]));
        Assert.Equal(new AppendResult.Conflict(3, 3), await one.Journal.AppendAsync("a", [Entry(3)]));
    }

    [Fact]
    public async Task A_database_locked_by_another_process_is_named_as_such_and_works_again_afterwards()
    {
        var path = FilePath("locked.db");
        await using var store = await OpenAsync(path);
        using (HoldLock(path))
        {
            var error = await Assert.ThrowsAsync<PersistenceException>(() => store.Journal.AppendAsync("machine-x", Entries(1, 2)));

            Assert.Contains("append events 1 to 2 to the journal of 'machine-x'", error.Message, StringComparison.Ordinal);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Contains("another process holds the lock", error.Message, StringComparison.Ordinal);
            Assert.Contains("Nothing was stored", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, await store.Journal.HighestSequenceNrAsync("machine-x"));
        }
        Assert.IsType<AppendResult.Stored>(await store.Journal.AppendAsync("machine-x", Entries(1, 2)));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_by_name()
    {
        var path = FilePath("text.db");
        await File.WriteAllTextAsync(path, new string('x', 5000));

        var error = await Assert.ThrowsAsync<PersistenceException>(() => OpenAsync(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("not a SQLite database", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_cannot_be_a_file_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<PersistenceException>(() => OpenAsync(_directory.FullName));

        Assert.Contains(_directory.FullName, error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_large_append_and_spares_the_small_ones_beside_it()
    {
        var path = FilePath("full.db");
        await using (await OpenAsync(path))
        {
        }
        await using var store = await SqliteEventStore.OpenAsync(new SqliteStoreOptions(path));
        var pages = (long)Query(path, "PRAGMA page_count")! + 20;
        // max_page_count is per connection, so it is set through the store's own.
        await store.WriteAsync("limit", connection => SqliteConnections.Scalar(connection, $"PRAGMA max_page_count={pages}"), default);

        Task<AppendResult> large;
        Task<AppendResult>[] small;
        using (HoldLock(path))
        {
            // The writer waits for the lock with the first; the others meet in the transaction after it.
            var first = store.Journal.AppendAsync("first", [Entry(1)]);
            large = store.Journal.AppendAsync("large", [Entry(1, new string('x', 1 << 20))]);
            small = [first, .. Enumerable.Range(0, 10).Select(i => store.Journal.AppendAsync($"small{i}", [Entry(1)]))];
        }

        var error = await Assert.ThrowsAsync<PersistenceException>(() => large);
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(small), result => Assert.IsType<AppendResult.Stored>(result));
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_refused()
    {
        var path = FilePath("newer.db");
        await using (await OpenAsync(path))
        {
        }
        Query(path, "PRAGMA user_version=99");

        var error = await Assert.ThrowsAsync<PersistenceException>(() => OpenAsync(path));

        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stores_that_open_a_new_file_at_once_agree_on_its_tables()
    {
        var path = FilePath("race.db");

        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SqliteEventStore.OpenAsync(new SqliteStoreOptions(path))));

        for (var i = 0; i < stores.Length; i++)
            Assert.IsType<AppendResult.Stored>(await stores[i].Journal.AppendAsync($"w{i}", [Entry(1)]));
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_appends_share_a_transaction()
    {
        var groups = new ConcurrentQueue<int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == PersistenceMetrics.CommitRequests)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => groups.Enqueue(size));
        listener.Start();

        var path = FilePath("group.db");
        await using var store = await SqliteEventStore.OpenAsync(new SqliteStoreOptions(path));
        Task[] appends;
        using (HoldLock(path))
            appends = [.. Enumerable.Range(0, 400).Select(i => store.Journal.AppendAsync($"w{i}", [Entry(1)]))];
        await Task.WhenAll(appends);

        Assert.Contains(groups, size => size >= 200);
    }

    /// <summary>The lock of another process, held until disposed.</summary>
    private static SqliteConnection HoldLock(string path)
    {
        var other = Connect(path);
        SqliteConnections.Execute(other, "BEGIN IMMEDIATE");
        return other;
    }
}
