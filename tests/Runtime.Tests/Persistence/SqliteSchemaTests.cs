using CacheMachine.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>The tables are those that Akka.Persistence.Sql makes with its defaults, so that a database works under either runtime.</summary>
public sealed class SqliteSchemaTests
{
    private static SqliteConnection NewDatabase()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    private static string[] Column(SqliteConnection connection, string sql)
    {
        using var command = SqliteConnections.Command(connection, sql);
        using var rows = command.ExecuteReader();
        var values = new List<string>();
        while (rows.Read())
            values.Add(rows.GetString(0));
        return [.. values];
    }

    [Theory]
    [InlineData("journal", "ordering,created,deleted,persistence_id,sequence_number,message,manifest,identifier,writer_uuid")]
    [InlineData("tags", "ordering_id,tag,sequence_nr,persistence_id")]
    [InlineData("snapshot", "persistence_id,sequence_number,created,snapshot,manifest,serializer_id")]
    public void Columns_have_the_names_of_the_default_mapping(string table, string columns)
    {
        using var connection = NewDatabase();
        SqliteSchema.Upgrade(connection, "test");

        Assert.Equal(columns.Split(','), Column(connection, $"SELECT name FROM pragma_table_info('{table}')"));
    }

    [Fact]
    public void Upgrading_again_changes_nothing()
    {
        using var connection = NewDatabase();
        SqliteSchema.Upgrade(connection, "test");
        var before = Column(connection, "SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name");

        SqliteSchema.Upgrade(connection, "test");

        Assert.Equal(before, Column(connection, "SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name"));
        Assert.Contains("journal_uq", string.Concat(before), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_Akka_wrote_are_read_and_continued_and_its_tags_go_with_their_events()
    {
        var directory = Directory.CreateTempSubdirectory("akka-");
        var path = Path.Combine(directory.FullName, "akka.db");
        using (var akka = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            akka.Open();
            // As linq2db creates it for the default mapping: no version, other type names, the highest deleted row kept.
            SqliteConnections.Execute(akka, """
                CREATE TABLE journal (ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created BigInt NOT NULL, deleted Bit NOT NULL,
                    persistence_id NVarChar(255) NOT NULL, sequence_number BigInt NOT NULL, message VarBinary NOT NULL, manifest NVarChar(500) NULL,
                    identifier INTEGER NULL, writer_uuid NVarChar(128) NULL);
                CREATE TABLE tags (ordering_id INTEGER NOT NULL, tag NVarChar(64) NOT NULL, sequence_nr INTEGER NOT NULL, persistence_id NVarChar(255) NOT NULL,
                    CONSTRAINT PK_tags PRIMARY KEY (ordering_id, tag));
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES
                    (638760000000000000, 1, 'a', 1, x'31', 'm', 9001, 'w'), (638760000000000000, 0, 'a', 2, x'32', 'm', 9001, 'w');
                INSERT INTO tags VALUES (2, 'blue', 2, 'a');
                """);
        }

        await using (var store = await SqliteEventStore.OpenAsync(new SqliteStoreOptions(path)))
        {
            var entry = Assert.Single(await store.Journal.ReadAsync("a", 1, long.MaxValue, 10));
            Assert.Equal((2L, 9001, "m", 638760000000000000), (entry.SequenceNr, entry.Payload.Identifier, entry.Payload.Manifest, entry.Created.UtcTicks));
            await store.Journal.AppendAsync("a", [entry with { SequenceNr = 3 }]);
            await store.Journal.DeleteToAsync("a", 2);
        }

        using (var akka = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            akka.Open();
            Assert.Equal(["2:1", "3:0"], Column(akka, "SELECT sequence_number || ':' || deleted FROM journal ORDER BY ordering"));
            Assert.Equal(["0"], Column(akka, "SELECT CAST(COUNT(*) AS TEXT) FROM tags"));
        }
        directory.Delete(recursive: true);
    }
}
