using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Persistence.Sqlite;

/// <summary>Reads the three columns that make a payload.</summary>
internal static class SqliteRows
{
    /// <summary>Identifier, manifest and bytes from three neighbouring columns.</summary>
    /// <exception cref="PersistenceException">The row has no serializer identifier: it was written by a legacy Akka.NET plugin that named .NET types.</exception>
    internal static SerializedPayload Payload(SqliteDataReader rows, int first)
    {
        if (rows.IsDBNull(first))
            throw new PersistenceException("a row has no serializer identifier, as very old Akka.NET databases have; it cannot be read");
        var manifest = rows.IsDBNull(first + 1) ? "" : rows.GetString(first + 1);
        return new SerializedPayload(rows.GetInt32(first), manifest, rows.GetFieldValue<byte[]>(first + 2));
    }
}
