using System.Text;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.TestKit;
using Npgsql;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A store whose way to the database is broken on purpose.</summary>
[Trait("Category", "Postgres")]
public sealed class PostgresConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private PostgresDatabase _database = null!;
    private TcpProxy _proxy = null!;
    private PostgresEventStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(PostgresDatabase.Server);
        _proxy = TcpProxy.To(server.Host!, server.Port);
        _store = await PostgresEventStore.OpenAsync(Options());
        Assert.IsType<AppendResult.Stored>(await AppendAsync(1));
    }

    public async Task DisposeAsync()
    {
        _proxy.Restore();
        await _store.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    private PostgresStoreOptions Options() => new(_database.Through(_proxy.Port)) { ProbeInterval = TimeSpan.FromMilliseconds(50), CommandTimeout = TimeSpan.FromSeconds(2) };

    private Task<AppendResult> AppendAsync(long nr, string id = "a") =>
        _store.Journal.AppendAsync(id, [new JournalEntry(nr, new SerializedPayload(1, "m", Encoding.UTF8.GetBytes($"{nr}")), DateTimeOffset.UnixEpoch)]);

    private async Task<long> StoredAsync(string id = "a") => (long)(await _database.ExecuteAsync($"SELECT count(*) FROM journal WHERE persistence_id = '{id}'"))!;

    private static bool IsCommit(ReadOnlyMemory<byte> sent) => sent.Span.IndexOf("COMMIT\0"u8) >= 0;

    private static bool IsInsert(ReadOnlyMemory<byte> sent) => sent.Span.IndexOf("INSERT INTO journal"u8) >= 0;

    /// <summary>Appends until it is stored; the answers before must all be that the journal is unavailable.</summary>
    private async Task UntilStoredAsync(long nr)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await AppendAsync(nr) is var result and not AppendResult.Stored)
        {
            Assert.IsType<AppendResult.Unavailable>(result);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "the store does not find its database again");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Pooled_connections_that_have_died_are_replaced_without_an_error()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AppendAsync(1, $"w{i}")));

        _proxy.Reset();
        Assert.IsType<AppendResult.Stored>(await AppendAsync(2));
        _proxy.Reset();
        Assert.Equal(2, await _store.Journal.HighestSequenceNrAsync("a"));
        _proxy.Reset();
        await _store.Snapshots.SaveAsync(new SnapshotMetadata("a", 2, DateTime.UnixEpoch), new SerializedPayload(1, "m", default));
        _proxy.Reset();
        await _store.Journal.DeleteToAsync("a", 1);
    }

    [Fact]
    public async Task While_the_database_is_away_appends_are_unavailable_at_once_and_reads_fail_in_words_until_it_is_back()
    {
        _proxy.Down();

        var unavailable = Assert.IsType<AppendResult.Unavailable>(await AppendAsync(2));
        Assert.Contains("the PostgreSQL database '", unavailable.Reason, StringComparison.Ordinal);
        var read = await Assert.ThrowsAsync<PersistenceException>(() => _store.Journal.ReadAsync("a", 1, 10, 10));
        Assert.Contains("read the journal of 'a' from 1 in the PostgreSQL database '", read.Message, StringComparison.Ordinal);
        var save = await Assert.ThrowsAsync<PersistenceException>(() =>
            _store.Snapshots.SaveAsync(new SnapshotMetadata("a", 1, DateTime.UnixEpoch), new SerializedPayload(1, "m", default)));
        Assert.Contains("Nothing was stored", save.Message, StringComparison.Ordinal);
        foreach (var secret in new[] { "Password", new NpgsqlConnectionStringBuilder(PostgresDatabase.Server).Password! })
            Assert.DoesNotContain(secret, unavailable.Reason + read + save, StringComparison.Ordinal);

        _proxy.Restore();
        await UntilStoredAsync(2);
        Assert.Equal(2, await StoredAsync());
    }

    [Fact]
    public async Task Dropped_traffic_is_noticed_within_the_time_out_and_costs_only_the_first_that_time()
    {
        _proxy.BlackHole();
        var began = TimeProvider.System.GetTimestamp();

        Assert.Contains("did not answer in time", Assert.IsType<AppendResult.Unavailable>(await AppendAsync(2)).Reason, StringComparison.Ordinal);
        var first = TimeProvider.System.GetElapsedTime(began);
        began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
            Assert.IsType<AppendResult.Unavailable>(await AppendAsync(1, $"other{i}"));
        var hundred = TimeProvider.System.GetElapsedTime(began);

        Assert.InRange(first, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.True(hundred < TimeSpan.FromSeconds(1), $"100 appends during an outage took {hundred}");
        _proxy.Restore();
        await UntilStoredAsync(2);
        Assert.Equal(2, await StoredAsync());
    }

    [Fact]
    public async Task A_connection_lost_before_the_commit_stores_nothing_and_the_append_is_tried_on_a_new_one()
    {
        var cuts = 0;
        _proxy.CutBefore = sent => IsInsert(sent) && Interlocked.Increment(ref cuts) == 1;

        Assert.IsType<AppendResult.Stored>(await AppendAsync(2));

        Assert.Equal((2, 2L), (cuts, await StoredAsync()));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_known_to_be_stored()
    {
        var cuts = 0;
        _proxy.CutAfter = sent => IsCommit(sent) && Interlocked.Increment(ref cuts) == 1;

        Assert.IsType<AppendResult.Stored>(await AppendAsync(2));

        Assert.Equal(1, cuts);
        Assert.Equal(2, await StoredAsync());
        Assert.Equal(new AppendResult.Conflict(2, 2), await AppendAsync(2));
    }

    [Fact]
    public async Task A_commit_that_never_arrived_is_known_not_to_be_stored()
    {
        var cuts = 0;
        _proxy.CutBefore = sent => IsCommit(sent) && Interlocked.Increment(ref cuts) == 1;

        var unavailable = Assert.IsType<AppendResult.Unavailable>(await AppendAsync(2));

        Assert.Contains("lost before the commit", unavailable.Reason, StringComparison.Ordinal);
        Assert.Equal(1, await StoredAsync());
        Assert.IsType<AppendResult.Stored>(await AppendAsync(2));
    }

    [Fact]
    public async Task A_commit_into_a_black_hole_is_unknown_when_the_database_does_not_come_back_in_time()
    {
        await using var store = await PostgresEventStore.OpenAsync(
            new PostgresStoreOptions(_database.Through(_proxy.Port)) { CommandTimeout = TimeSpan.FromSeconds(2), ResolveTimeout = TimeSpan.FromSeconds(1) });
        _proxy.DropFrom = IsCommit;

        var error = await Assert.ThrowsAsync<PersistenceException>(() =>
            store.Journal.AppendAsync("b", [new JournalEntry(1, new SerializedPayload(1, "m", default), DateTimeOffset.UnixEpoch)]));

        Assert.Contains("append events 1 to 1 to the journal of 'b'", error.Message, StringComparison.Ordinal);
        Assert.Contains("It is not known whether this was carried out", error.Message, StringComparison.Ordinal);
        _proxy.Restore();
    }

    [Fact]
    public async Task A_start_waits_for_a_database_that_is_away_and_says_so_once()
    {
        _proxy.Down();
        var log = new ListLogger();
        var opening = PostgresEventStore.OpenAsync(new PostgresStoreOptions(_database.Through(_proxy.Port)) { ProbeInterval = TimeSpan.FromMilliseconds(20), Logger = log });
        var before = _proxy.Connections;
        var began = TimeProvider.System.GetTimestamp();
        while (_proxy.Connections < before + 5 && TimeProvider.System.GetElapsedTime(began) < Patience)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);

        _proxy.Restore();
        await using var store = await opening.WaitAsync(Patience, TimeProvider.System);

        Assert.Contains("waiting up to 60 s for the PostgreSQL database '", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(1, await store.Journal.HighestSequenceNrAsync("a"));
    }

    [Fact]
    public async Task A_start_gives_up_in_one_line_that_names_host_port_and_database_and_no_secret()
    {
        _proxy.Down();

        var error = await Assert.ThrowsAsync<PersistenceException>(() => PostgresEventStore.OpenAsync(
            new PostgresStoreOptions(_database.Through(_proxy.Port)) { ProbeInterval = TimeSpan.FromMilliseconds(20), StartTimeout = TimeSpan.FromMilliseconds(200) }));

        var server = new NpgsqlConnectionStringBuilder(PostgresDatabase.Server);
        Assert.StartsWith($"open the journal in the PostgreSQL database '{server.Database}' at 127.0.0.1:{_proxy.Port}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(server.Password!, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_no_reason_to_wait_and_a_password_file_is_read_for_each_connection()
    {
        var server = new NpgsqlConnectionStringBuilder(_database.Through(_proxy.Port));
        var (right, file) = (server.Password!, Path.GetTempFileName());
        server.Password = null;
        var options = new PostgresStoreOptions(server.ConnectionString) { PasswordFile = file, ProbeInterval = TimeSpan.FromMilliseconds(20) };
        await File.WriteAllTextAsync(file, "wrong-one");

        var error = await Assert.ThrowsAsync<PersistenceException>(() => PostgresEventStore.OpenAsync(options));
        Assert.Contains("28P01", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", error.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, right + "\n");
        await using var store = await PostgresEventStore.OpenAsync(options);
        Assert.Equal(1, await store.Journal.HighestSequenceNrAsync("a"));
        File.Delete(file);
    }

    [Fact]
    public async Task Closing_finishes_the_appends_that_were_accepted()
    {
        var appends = Enumerable.Range(0, 100).Select(i => AppendAsync(1, $"w{i}")).ToList();

        await _store.DisposeAsync();

        Assert.All(await Task.WhenAll(appends), result => Assert.IsType<AppendResult.Stored>(result));
        Assert.Contains("closed", (await Assert.ThrowsAsync<PersistenceException>(() => AppendAsync(2))).Message, StringComparison.Ordinal);
    }
}
