using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.TestKit;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

[Trait("Category", "Postgres")]
public sealed class PostgresStoreTests : SharedEventStoreConformance
{
    private readonly List<PostgresDatabase> _databases = [];

    protected override async Task<IEventStore> OpenAsync()
    {
        _databases.Add(await PostgresDatabase.CreateAsync());
        return await OpenAgainAsync();
    }

    protected override async Task<IEventStore> OpenAgainAsync() => await PostgresEventStore.OpenAsync(new PostgresStoreOptions(_databases[^1].ConnectionString));

    protected override async Task CleanUpAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [Theory]
    [InlineData("a\0b", "m", "the persistence id has a NUL character")]
    [InlineData("a", "m\0", "the manifest has a NUL character")]
    public async Task What_the_text_of_PostgreSQL_cannot_hold_is_rejected_in_words(string id, string manifest, string reason)
    {
        var rejected = Assert.IsType<AppendResult.Rejected>(await Journal.AppendAsync(id, [Entry(1, "", manifest)]));
        var error = await Assert.ThrowsAsync<PersistenceException>(() =>
            Store.Snapshots.SaveAsync(new SnapshotMetadata(id, 1, Created.UtcDateTime), Entry(1, "", manifest).Payload));

        Assert.Contains(reason, rejected.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    // Not as inline data, which replaces what UTF-8 cannot hold.
    [Fact]
    public Task Half_a_character_is_rejected_in_words() =>
        What_the_text_of_PostgreSQL_cannot_hold_is_rejected_in_words("a\ud800", "m", "the persistence id has half a character");

    [Fact]
    public async Task A_store_opened_again_has_everything_and_goes_on()
    {
        await Journal.AppendAsync("a", Entries(1, 3));
        await Store.Snapshots.SaveAsync(new SnapshotMetadata("a", 2, Created.UtcDateTime), Entry(0, "state").Payload);
        await Store.DisposeAsync();

        await using var second = await OpenAgainAsync();

        Assert.Equal([1, 2, 3], await NumbersAsync(second.Journal, "a"));
        Assert.Equal("state", Text((await second.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest))!.Payload));
        Assert.IsType<AppendResult.Stored>(await second.Journal.AppendAsync("a", [Entry(4)]));
    }

    [Fact]
    public async Task A_writer_that_takes_no_lock_is_fenced_by_the_unique_key()
    {
        // As Akka.NET would: the number is taken after the question for the highest one, before the insert.
        await _databases[^1].ExecuteAsync("""
            CREATE FUNCTION race() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.writer_uuid <> 'akka' THEN
                    INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
                    VALUES (1, FALSE, NEW.persistence_id, NEW.sequence_number, NEW.message, NEW.manifest, NEW.identifier, 'akka');
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER race BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION race();
            """);

        Assert.IsType<AppendResult.Conflict>(await Journal.AppendAsync("a", [Entry(1)]));
        Assert.Equal(0, await Journal.HighestSequenceNrAsync("a"));
    }

    [Fact]
    public async Task What_the_server_refuses_for_another_reason_is_told_and_stores_nothing()
    {
        await _databases[^1].ExecuteAsync("ALTER TABLE journal ADD CONSTRAINT small CHECK (octet_length(message) < 10)");

        var error = await Assert.ThrowsAsync<PersistenceException>(() => Journal.AppendAsync("machine-x", [Entry(1), Entry(2, "more than ten bytes")]));

        Assert.Contains("append events 1 to 2 to the journal of 'machine-x' in the PostgreSQL database '", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was stored", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Journal.HighestSequenceNrAsync("machine-x"));
    }

    [Fact]
    public async Task A_log_that_another_transaction_holds_is_unavailable_and_others_are_not()
    {
        await using var connection = new Npgsql.NpgsqlConnection(_databases[^1].ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = new Npgsql.NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/held', 0))", connection);
            await hold.ExecuteNonQueryAsync();

            var held = Journal.AppendAsync("held", [Entry(1)]);

            Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("free", [Entry(1)]));
            Assert.Contains("another writer of the same log", Assert.IsType<AppendResult.Unavailable>(await held).Reason, StringComparison.Ordinal);
        }
        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("held", [Entry(1)]));
    }
}
