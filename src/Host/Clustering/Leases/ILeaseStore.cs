namespace CacheMachine.Host.Clustering.Leases;

/// <summary>Leases that replicas agree by, each changed by compare-and-swap. Every call fails with <see cref="LeaseStoreException"/> only, or is cancelled.</summary>
internal interface ILeaseStore
{
    /// <summary>The Lease as it is; null where there is none.</summary>
    Task<LeaseRecord?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes a Lease if it still is as it was read: creates it where <see cref="LeaseRecord.Version"/> is null, else replaces that version.</summary>
    /// <returns>What is stored, with its new version; null for a conflict: somebody else was first, and nothing was written.</returns>
    /// <exception cref="ArgumentException">The duration is not whole seconds, at least one.</exception>
    Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken);
}

/// <summary>A Lease (<c>coordination.k8s.io/v1</c>). Its times are of the writer's clock and are for people only: who reads them has another clock.</summary>
/// <param name="Name">A DNS name.</param>
/// <param name="Holder">Who has it; null for nobody.</param>
/// <param name="Duration">After this time without a renewal others may take it; whole seconds.</param>
/// <param name="AcquiredAt">When the holder took it; to the microsecond.</param>
/// <param name="RenewedAt">When the holder last said that it is there; to the microsecond.</param>
/// <param name="Transitions">How often it was taken; grows with each new holder.</param>
/// <param name="Version">Of the store; null for a Lease that is to be created.</param>
internal sealed record LeaseRecord(
    string Name, string? Holder, TimeSpan Duration, DateTimeOffset AcquiredAt, DateTimeOffset RenewedAt, int Transitions, string? Version)
{
    /// <summary>The Lease after <paramref name="holder"/> has taken it from whoever had it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="holder">The new holder.</param>
    /// <param name="duration">Of the new holder.</param>
    /// <param name="now">By the new holder's clock.</param>
    /// <param name="found">The Lease as it is; null where there is none.</param>
    /// <param name="transitions">The least that it must be, where the Lease was deleted.</param>
    public static LeaseRecord Taken(string name, string holder, TimeSpan duration, DateTimeOffset now, LeaseRecord? found, int transitions = 0)
    {
        var at = ToMicroseconds(now);
        return new(name, holder, duration, at, at, Math.Max((found?.Transitions ?? -1) + 1, transitions), found?.Version);
    }

    /// <summary>The same holder, still there.</summary>
    public LeaseRecord Renewed(DateTimeOffset now) => this with { RenewedAt = ToMicroseconds(now) };

    /// <summary>Nobody's. Who had it last is told by <see cref="Transitions"/> alone.</summary>
    public LeaseRecord Released(DateTimeOffset now) => this with { Holder = null, Duration = TimeSpan.FromSeconds(1), RenewedAt = ToMicroseconds(now) };

    private static DateTimeOffset ToMicroseconds(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}

/// <summary>A Lease could not be read or written.</summary>
/// <param name="message">Names the operation and the Lease, gives the server's words, and says what is not known.</param>
/// <param name="inner">What lies beneath, if anything.</param>
internal sealed class LeaseStoreException(string message, Exception? inner = null) : Exception(message, inner);
