using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>The peer of the journal: a table with the same index, on a connection with the same promises (WAL, an fsync at each commit).</summary>
internal sealed class PlainTable : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly AccountSerializer _serializer = new();
    private long _sequenceNr;

    public PlainTable(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("""
            PRAGMA journal_mode=WAL;
            PRAGMA synchronous=FULL;
            CREATE TABLE events (ordering INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, sequence_number INTEGER NOT NULL, message BLOB NOT NULL);
            CREATE UNIQUE INDEX events_index ON events (id, sequence_number);
            """);
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO events (id, sequence_number, message) VALUES ('peer', $nr, $message)";
        _insert.Parameters.Add("$nr", SqliteType.Integer);
        _insert.Parameters.Add("$message", SqliteType.Blob);
        _insert.Prepare();
    }

    /// <summary>Stores events, as many in one transaction as told.</summary>
    public void Insert(int count, int eachTransaction)
    {
        for (var done = 0; done < count; done += eachTransaction)
        {
            using var transaction = _connection.BeginTransaction();
            _insert.Transaction = transaction;
            for (var i = 0; i < Math.Min(eachTransaction, count - done); i++)
            {
                _insert.Parameters["$nr"].Value = ++_sequenceNr;
                _insert.Parameters["$message"].Value = _serializer.Serialize(Deposited.One).Bytes.ToArray();
                _insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
    }

    /// <summary>Reads all events and adds them up.</summary>
    public long Sum()
    {
        using var query = _connection.CreateCommand();
        query.CommandText = "SELECT message FROM events WHERE id = 'peer' ORDER BY sequence_number";
        using var rows = query.ExecuteReader();
        var sum = 0L;
        while (rows.Read())
            sum += AccountSerializer.Read(rows.GetFieldValue<byte[]>(0)).Amount;
        return sum;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
