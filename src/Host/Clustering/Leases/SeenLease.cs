namespace CacheMachine.Host.Clustering.Leases;

/// <summary>
/// A Lease as one observer knows it. How old it is counts from when its last change was seen, by the observer's own monotonic clock, as in client-go's
/// leaderelection: clocks of different machines are never compared.
/// </summary>
/// <param name="time">The observer's clock.</param>
internal sealed class SeenLease(TimeProvider time)
{
    private long _changedAt;
    private bool _wasSeen;

    /// <summary>What was seen last; null for no Lease.</summary>
    public LeaseRecord? Record { get; private set; }

    /// <summary>Since its last change was seen.</summary>
    public TimeSpan Age => time.GetElapsedTime(_changedAt);

    /// <summary>How many changes were seen.</summary>
    public int Changes { get; private set; }

    /// <summary>Whether its holder has let its duration pass without a sign of life.</summary>
    public bool IsExpired => Record is not { } record || Age >= record.Duration;

    /// <summary>Takes note of what was read or written.</summary>
    public void See(LeaseRecord? record)
    {
        // A version alone changes also by a label that somebody sets.
        if (!_wasSeen || WithoutVersion(record) != WithoutVersion(Record))
        {
            _changedAt = time.GetTimestamp();
            Changes++;
        }
        (_wasSeen, Record) = (true, record);
    }

    private static LeaseRecord? WithoutVersion(LeaseRecord? record) => record is null ? null : record with { Version = null };
}
