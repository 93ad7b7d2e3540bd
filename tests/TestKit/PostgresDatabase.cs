using Npgsql;

namespace CacheMachine.TestKit;

/// <summary>A schema of its own in the PostgreSQL of <c>CACHEMACHINE_TEST_POSTGRES</c>, which ends with it. Tests that use it are of <c>Category=Postgres</c>.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string Variable = "CACHEMACHINE_TEST_POSTGRES";

    private readonly string _schema = $"test_{Guid.NewGuid():N}";

    private PostgresDatabase()
    {
    }

    /// <summary>The server, without a schema.</summary>
    public static string Server => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } server
        ? server
        : throw new InvalidOperationException($"{Variable} is not set: tests/postgres/postgres up --dir DIR, then . DIR/env");

    /// <summary>Connection string whose tables are in the schema.</summary>
    public string ConnectionString => Through(null);

    /// <summary>Makes the schema.</summary>
    public static async Task<PostgresDatabase> CreateAsync()
    {
        var database = new PostgresDatabase();
        await ExecuteAsync(Server, $"CREATE SCHEMA {database._schema}");
        return database;
    }

    /// <summary>The same, by way of a proxy on this port of loopback; null: directly.</summary>
    public string Through(int? port)
    {
        var builder = new NpgsqlConnectionStringBuilder(Server) { SearchPath = _schema };
        if (port is { } proxy)
            (builder.Host, builder.Port) = ("127.0.0.1", proxy);
        return builder.ConnectionString;
    }

    /// <summary>Runs statements in the schema, past every store and proxy.</summary>
    public Task<object?> ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>Drops the schema with all that is in it.</summary>
    public async ValueTask DisposeAsync() => await ExecuteAsync(Server, $"DROP SCHEMA {_schema} CASCADE");

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
