using System.Data.Common;

namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>What PostgreSQL's text can hold, and the three columns that make a payload.</summary>
internal static class PostgresText
{
    /// <summary>Says in words why this cannot be stored, or null if it can.</summary>
    internal static string? Fault(string persistenceId, SerializedPayload payload) =>
        JournalLimits.Fault(persistenceId, payload) ?? Fault("persistence id", persistenceId) ?? Fault("manifest", payload.Manifest);

    /// <summary>Identifier, manifest and bytes from three neighbouring columns.</summary>
    /// <exception cref="PersistenceException">The row has no serializer identifier: it was written by a legacy Akka.NET plugin that named .NET types.</exception>
    internal static SerializedPayload Payload(DbDataReader rows, int first)
    {
        if (rows.IsDBNull(first))
            throw new PersistenceException("a row has no serializer identifier, as very old Akka.NET databases have; it cannot be read");
        var manifest = rows.IsDBNull(first + 1) ? "" : rows.GetString(first + 1);
        return new SerializedPayload(rows.GetInt32(first), manifest, rows.GetFieldValue<byte[]>(first + 2));
    }

    private static string? Fault(string what, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return $"the {what} has a NUL character, which PostgreSQL's text cannot hold";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                return $"the {what} has half a character (an unpaired surrogate), which UTF-8 cannot hold";
        }
        return null;
    }
}
