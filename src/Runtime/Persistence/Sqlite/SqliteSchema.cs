using Microsoft.Data.Sqlite;
using static CacheMachine.Runtime.Persistence.Sqlite.SqliteConnections;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>
/// The tables of Akka.Persistence.Sql's <c>default</c> table mapping with <c>tag-write-mode = TagTable</c>, <c>use-writer-uuid-column = true</c> and
/// <c>delete-compatibility-mode = false</c> (its defaults), with the index names that it would create: <c>created</c> is in UTC ticks, and the highest deleted row of a
/// log stays with <c>deleted</c> = 1. Every statement is idempotent, so a database that Akka.NET created is taken as it is.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Index = version that the step starts from; the version reached is kept in SQLite's <c>user_version</c>.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE IF NOT EXISTS journal (
            ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            created BIGINT NOT NULL,
            deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            message BLOB NOT NULL,
            manifest NVARCHAR(500) NULL,
            identifier INTEGER NULL,
            writer_uuid NVARCHAR(128) NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE INDEX IF NOT EXISTS journal_created_idx ON journal (created);
        CREATE INDEX IF NOT EXISTS journal_sequence_number_idx ON journal (sequence_number);
        CREATE TABLE IF NOT EXISTS tags (
            ordering_id INTEGER NOT NULL,
            tag NVARCHAR(64) NOT NULL,
            sequence_nr INTEGER NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL,
            CONSTRAINT PK_tags PRIMARY KEY (ordering_id, tag));
        CREATE INDEX IF NOT EXISTS tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
        CREATE INDEX IF NOT EXISTS tags_tag_idx ON tags (tag);
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id NVARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            snapshot BLOB NULL,
            manifest NVARCHAR(500) NULL,
            serializer_id INTEGER NULL,
            CONSTRAINT PK_snapshot PRIMARY KEY (persistence_id, sequence_number));
        CREATE INDEX IF NOT EXISTS snapshot_sequence_number_idx ON snapshot (sequence_number);
        CREATE INDEX IF NOT EXISTS snapshot_created_idx ON snapshot (created);
        """,
    ];

    /// <summary>
    /// Brings the database to the newest version in one transaction; when it throws, the caller closes the connection, which takes the transaction back.
    /// Safe when several processes start on the same file.
    /// </summary>
    internal static void Upgrade(SqliteConnection connection, string target)
    {
        Execute(connection, "BEGIN IMMEDIATE");
        var version = (long)Scalar(connection, "PRAGMA user_version")!;
        if (version > Steps.Length)
            throw new PersistenceException($"open {target}: its schema has version {version}, this release knows versions up to {Steps.Length}; it was written by a newer release.");
        for (; version < Steps.Length; version++)
            Execute(connection, Steps[version]);
        Execute(connection, $"PRAGMA user_version={Steps.Length}");
        Execute(connection, "COMMIT");
    }
}
