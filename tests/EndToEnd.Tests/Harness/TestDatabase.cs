using Npgsql;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A schema of its own, which is as good as a database, on the PostgreSQL server that <c>CACHEMACHINE_TEST_POSTGRES</c> names.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    private TestDatabase(string server, string name) => (_server, _name) = (server, name);

    /// <summary>Straight to the server, without a pool: whoever uses it sees what is stored, and holds nothing open.</summary>
    public string Connection => new NpgsqlConnectionStringBuilder(_server) { SearchPath = _name, Pooling = false }.ConnectionString;

    /// <summary>The server's host and port.</summary>
    public (string Host, int Port) Server => new NpgsqlConnectionStringBuilder(_server) is var server ? (server.Host!, server.Port) : default;

    /// <summary>Makes one.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var server = Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_POSTGRES")
            ?? throw new InvalidOperationException("CACHEMACHINE_TEST_POSTGRES is not set: run ./test, which brings a PostgreSQL server up and sets it");
        var database = new TestDatabase(server, $"replicas_{Guid.NewGuid():N}");
        await database.OnServerAsync($"CREATE SCHEMA {database._name}");
        return database;
    }

    /// <summary>For the service, by way of a proxy.</summary>
    public string By(CutOff proxy) => new NpgsqlConnectionStringBuilder(_server)
    {
        SearchPath = _name,
        Host = proxy.Address.Address.ToString(),
        Port = proxy.Address.Port,
    }.ConnectionString;

    public async ValueTask DisposeAsync() => await OnServerAsync($"DROP SCHEMA {_name} CASCADE");

    private async Task OnServerAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
