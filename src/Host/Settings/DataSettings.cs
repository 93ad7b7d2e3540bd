
namespace CacheMachine.Host.Settings;

/// <summary>Where machines and their history are kept. Not a record: its text must never show the connection string, which may hold a password.</summary>
/// <param name="directory">Of the SQLite database; made when it is missing.</param>
/// <param name="postgres">Npgsql connection string; null: SQLite.</param>
/// <param name="postgresPasswordFile">File with the password, read for each new connection; null: the connection string has it.</param>
/// <param name="history">Events of each machine that are kept.</param>
/// <param name="historySize">The same in bytes.</param>
public sealed class DataSettings(string directory, string? postgres, string? postgresPasswordFile, int history, long historySize)
{
    /// <summary>Directory of the SQLite database.</summary>
    public string Directory => directory;

    /// <summary>Npgsql connection string; null: SQLite.</summary>
    public string? Postgres => postgres;

    /// <summary>File with PostgreSQL's password; null: none.</summary>
    public string? PostgresPasswordFile => postgresPasswordFile;

    /// <summary>Events of each machine that are kept before the last snapshot.</summary>
    public int History => history;

    /// <summary>Bytes of these at most; also of those of the list of machines.</summary>
    public long HistorySize => historySize;

    internal static DataSettings Read(SettingsReader reader)
    {
        var directory = reader.Path("dir");
        var postgres = reader.Secret(
            "postgres", text => text.Length == 0 ? null : PostgresConnectionString.Fault(text), PostgresConnectionString.Shown);
        var passwordFile = reader.OptionalPath("postgres-password-file");
        reader.Require(passwordFile is null || postgres is not null, "postgres-password-file", "is of no use without data.postgres");
        return new DataSettings(
            directory, postgres, passwordFile, reader.Integer("history", 0, 100_000), reader.Size("history-size", 64 << 10, 1 << 30));
    }
}
