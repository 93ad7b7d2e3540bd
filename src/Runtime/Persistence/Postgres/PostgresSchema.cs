using System.Globalization;
using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>
/// The tables of Akka.Persistence.Sql's <c>default</c> table mapping for PostgreSQL with <c>tag-write-mode = TagTable</c>, <c>use-writer-uuid-column = true</c> and
/// <c>delete-compatibility-mode = false</c> (its defaults), with the types that linq2db gives them and the names of constraints and indexes that it would create:
/// <c>created</c> is in UTC ticks in <c>journal</c> and in <c>snapshot</c>. Every statement is idempotent, so a database that Akka.NET created is taken as it is.
/// The tables are in the first schema of the connection's search path.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>The lock that replicas take in turn when they start together.</summary>
    private const long UpgradeLock = 0x6361636865_6d;

    /// <summary>Index = version that the step starts from; <c>cachemachine_schema</c> has a row for each version that was reached.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE IF NOT EXISTS journal (
            ordering BIGSERIAL NOT NULL,
            created BIGINT NOT NULL,
            deleted BOOLEAN NOT NULL,
            persistence_id VARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            message BYTEA NOT NULL,
            manifest VARCHAR(500) NULL,
            identifier INT NULL,
            writer_uuid VARCHAR(128) NULL,
            CONSTRAINT "PK_journal" PRIMARY KEY (ordering),
            CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number));
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE INDEX IF NOT EXISTS journal_created_idx ON journal (created);
        CREATE INDEX IF NOT EXISTS journal_sequence_number_idx ON journal (sequence_number);
        CREATE TABLE IF NOT EXISTS tags (
            ordering_id BIGINT NOT NULL,
            tag VARCHAR(64) NOT NULL,
            sequence_nr BIGINT NOT NULL,
            persistence_id VARCHAR(255) NOT NULL,
            CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag));
        CREATE INDEX IF NOT EXISTS tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
        CREATE INDEX IF NOT EXISTS tags_tag_idx ON tags (tag);
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id VARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            snapshot BYTEA NULL,
            manifest VARCHAR(500) NULL,
            serializer_id INT NULL,
            CONSTRAINT "PK_snapshot" PRIMARY KEY (persistence_id, sequence_number));
        CREATE INDEX IF NOT EXISTS snapshot_sequence_number_idx ON snapshot (sequence_number);
        CREATE INDEX IF NOT EXISTS snapshot_created_idx ON snapshot (created);
        """,
    ];

    /// <summary>
    /// Brings the database to the newest version in one transaction, or leaves it as it was. A database that is there already needs no right to create anything.
    /// </summary>
    /// <exception cref="PersistenceException">It was written by a newer release.</exception>
    internal static async Task UpgradeAsync(NpgsqlConnection connection, string target)
    {
        if (await ScalarAsync(connection, "SELECT to_regclass('cachemachine_schema')::text").ConfigureAwait(false) is string
            && await VersionAsync(connection, target).ConfigureAwait(false) == Steps.Length)
            return;
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await ScalarAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({UpgradeLock})")).ConfigureAwait(false);
        await ScalarAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS cachemachine_schema (version INT NOT NULL PRIMARY KEY, applied TIMESTAMPTZ NOT NULL DEFAULT now())").ConfigureAwait(false);
        for (var version = await VersionAsync(connection, target).ConfigureAwait(false); version < Steps.Length; version++)
        {
            await ScalarAsync(connection, Steps[version]).ConfigureAwait(false);
            await ScalarAsync(
                connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO cachemachine_schema (version) VALUES ({version + 1})")).ConfigureAwait(false);
        }
        await transaction.CommitAsync().ConfigureAwait(false);
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, string target)
    {
        var version = (int)(await ScalarAsync(connection, "SELECT coalesce(max(version), 0) FROM cachemachine_schema").ConfigureAwait(false))!;
        return version <= Steps.Length
            ? version
            : throw new PersistenceException($"open {target}: its schema has version {version}, this release knows versions up to {Steps.Length}; it was written by a newer release.");
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        // Others that start at the same time may have to be waited for.
        command.CommandTimeout = 30;
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }
}
