namespace CacheMachine.Runtime.Persistence;

/// <summary>The names under which this part reports to <see cref="System.Diagnostics.Metrics"/>.</summary>
internal static class PersistenceMetrics
{
    /// <summary>The meter of journal and snapshots.</summary>
    public const string MeterName = "CacheMachine.Runtime.Persistence";

    /// <summary>Histogram, unit {request}: how many requests shared one transaction; many at once is how a slow disk keeps up.</summary>
    public const string CommitRequests = "journal.commit.requests";
}
