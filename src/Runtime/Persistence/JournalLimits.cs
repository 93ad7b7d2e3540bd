namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// The column widths of Akka.Persistence.Sql's default tables, in characters. SQLite would not enforce them, other databases do, so they are checked
/// before anything is written and a log that was begun on one database can be moved to another.
/// </summary>
internal static class JournalLimits
{
    /// <summary>Column <c>persistence_id</c> of all tables.</summary>
    public const int PersistenceIdLength = 255;

    /// <summary>Column <c>manifest</c> of <c>journal</c> and <c>snapshot</c>.</summary>
    public const int ManifestLength = 500;

    /// <summary>Says in words why this cannot be stored, or null if it can.</summary>
    public static string? Fault(string persistenceId, SerializedPayload payload)
    {
        if (persistenceId.Length is 0 or > PersistenceIdLength)
            return $"the persistence id has {persistenceId.Length} characters, allowed are 1 to {PersistenceIdLength}";
        if (payload.Manifest.Length > ManifestLength)
            return $"the manifest has {payload.Manifest.Length} characters, allowed are {ManifestLength}";
        return null;
    }
}
