using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.TestKit;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>The tables are those that Akka.Persistence.Sql makes with its defaults, so that a database works under either runtime.</summary>
[Trait("Category", "Postgres")]
public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private Task<PostgresEventStore> OpenAsync() => PostgresEventStore.OpenAsync(new PostgresStoreOptions(_database.ConnectionString));

    private static JournalEntry Entry(long nr) => new(nr, new SerializedPayload(1, "m", new byte[] { 1 }), DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("journal", "ordering bigint NO,created bigint NO,deleted boolean NO,persistence_id character varying(255) NO,sequence_number bigint NO,"
        + "message bytea NO,manifest character varying(500) YES,identifier integer YES,writer_uuid character varying(128) YES")]
    [InlineData("tags", "ordering_id bigint NO,tag character varying(64) NO,sequence_nr bigint NO,persistence_id character varying(255) NO")]
    [InlineData("snapshot", "persistence_id character varying(255) NO,sequence_number bigint NO,created bigint NO,snapshot bytea YES,"
        + "manifest character varying(500) YES,serializer_id integer YES")]
    public async Task Columns_have_the_names_and_types_of_the_default_mapping(string table, string columns)
    {
        await using var store = await OpenAsync();

        Assert.Equal(columns, await _database.ExecuteAsync($"""
            SELECT string_agg(column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || ' ' || is_nullable, ',' ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}'
            """));
    }

    [Fact]
    public async Task Keys_and_indexes_have_the_names_that_Akka_looks_for()
    {
        await using var store = await OpenAsync();

        Assert.Equal(
            "PK_journal,PK_snapshot,PK_tags,cachemachine_schema_pkey,journal_created_idx,journal_sequence_number_idx,journal_uq,snapshot_created_idx,"
            + "snapshot_sequence_number_idx,tags_persistence_id_sequence_nr_idx,tags_tag_idx",
            await _database.ExecuteAsync("SELECT string_agg(indexname, ',' ORDER BY indexname COLLATE \"C\") FROM pg_indexes WHERE schemaname = current_schema()"));
    }

    [Fact]
    public async Task Stores_that_open_an_empty_database_at_once_agree_on_its_tables()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync()));

        for (var i = 0; i < stores.Length; i++)
            Assert.IsType<AppendResult.Stored>(await stores[i].Journal.AppendAsync($"w{i}", [Entry(1)]));
        foreach (var store in stores)
            await store.DisposeAsync();
        Assert.Equal(1L, await _database.ExecuteAsync("SELECT count(*) FROM cachemachine_schema"));
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_refused()
    {
        await using (await OpenAsync())
            await _database.ExecuteAsync("INSERT INTO cachemachine_schema (version) VALUES (99)");

        var error = await Assert.ThrowsAsync<PersistenceException>(OpenAsync);

        Assert.Contains("its schema has version 99, this release knows versions up to 1; it was written by a newer release", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_Akka_wrote_are_read_and_continued_and_its_tags_go_with_their_events()
    {
        // As linq2db creates it for the default mapping, without our version table; the highest deleted row is kept.
        await _database.ExecuteAsync("""
            CREATE TABLE journal (ordering BIGSERIAL NOT NULL, created BigInt NOT NULL, deleted Boolean NOT NULL, persistence_id VarChar(255) NOT NULL,
                sequence_number BigInt NOT NULL, message Bytea NOT NULL, manifest VarChar(500) NULL, identifier Int NULL, writer_uuid VarChar(128) NULL,
                CONSTRAINT "PK_journal" PRIMARY KEY (ordering));
            ALTER TABLE journal ADD CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number);
            CREATE TABLE tags (ordering_id BigInt NOT NULL, tag VarChar(64) NOT NULL, sequence_nr BigInt NOT NULL, persistence_id VarChar(255) NOT NULL,
                CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag));
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES
                (638760000000000000, TRUE, 'a', 1, '1', 'm', 9001, 'w'), (638760000000000000, FALSE, 'a', 2, '2', 'm', 9001, 'w');
            INSERT INTO tags VALUES (2, 'blue', 2, 'a');
            """);

        await using (var store = await OpenAsync())
        {
            var entry = Assert.Single(await store.Journal.ReadAsync("a", 1, long.MaxValue, 10));
            Assert.Equal((2L, 9001, "m", 638760000000000000), (entry.SequenceNr, entry.Payload.Identifier, entry.Payload.Manifest, entry.Created.UtcTicks));
            await store.Journal.AppendAsync("a", [entry with { SequenceNr = 3 }]);
            await store.Journal.DeleteToAsync("a", 2);
        }

        Assert.Equal("2:true,3:false", await _database.ExecuteAsync("SELECT string_agg(sequence_number || ':' || deleted, ',' ORDER BY ordering) FROM journal"));
        Assert.Equal(0L, await _database.ExecuteAsync("SELECT count(*) FROM tags"));
    }
}
