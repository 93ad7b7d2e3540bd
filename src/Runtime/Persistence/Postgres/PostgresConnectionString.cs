using Npgsql;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>The rule for connection strings.</summary>
public static class PostgresConnectionString
{
    /// <summary>What is wrong with a connection string, as the end of the sentence "it ..."; null: nothing. Never quotes any of it.</summary>
    public static string? Fault(string connectionString)
    {
        try
        {
            return string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(connectionString).Host) ? "must name a Host" : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            return "must be an Npgsql connection string, such as Host=db;Database=cachemachine;Username=cachemachine";
        }
    }
}
