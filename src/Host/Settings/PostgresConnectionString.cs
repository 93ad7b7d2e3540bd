using Npgsql;

namespace CacheMachine.Host.Settings;

/// <summary>The rule for PostgreSQL connection strings.</summary>
internal static class PostgresConnectionString
{
    /// <summary>The rule that a connection string breaks, never quoting any of it; null: none.</summary>
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

    /// <summary>What may be shown of a valid connection string: where the server is, and who we are there.</summary>
    public static string Shown(string connectionString)
    {
        var all = new NpgsqlConnectionStringBuilder(connectionString);
        return $"Host={all.Host};Port={all.Port};Database={all.Database ?? all.Username};Username={all.Username};...";
    }
}
