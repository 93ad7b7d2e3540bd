using System.Collections.Immutable;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Leases that replicas contend for, with optimistic concurrency. Akka.NET's counterpart is <c>Akka.Coordination.Lease</c>; this one also lets all of them be watched, so that
/// nobody has to ask.
/// </summary>
public interface ILeaseStore
{
    /// <summary>
    /// Follows all leases until cancelled: begins with a complete list, and resumes by itself after broken connections. <paramref name="onChange"/> is called in order,
    /// from any thread.
    /// </summary>
    /// <returns>A task that ends only when cancelled, or fails where watching again makes no sense.</returns>
    Task WatchAsync(Action<LeaseChange> onChange, CancellationToken cancellationToken);

    /// <summary>Creates the lease where its <see cref="LeaseRecord.Version"/> is null, and else replaces it if it still has that version.</summary>
    /// <returns>The lease with its new version, or null: somebody else wrote it, or it is gone (or, for a new one, there already).</returns>
    /// <exception cref="LeaseException">Whether it was written is not known, or it was not; the message says which.</exception>
    Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken);

    /// <summary>Deletes the lease if it still has that version. One that is gone or was written since is no error, and stays as it is.</summary>
    /// <exception cref="LeaseException">As for <see cref="WriteAsync"/>.</exception>
    Task DeleteAsync(string name, string version, CancellationToken cancellationToken);
}

/// <summary>A lease as it is stored. Clocks of different machines are never compared: that a lease ran out is judged by the time since its last change was seen.</summary>
/// <param name="Name">Which lease; a DNS label.</param>
/// <param name="Holder">Who holds it; null for nobody.</param>
/// <param name="Address">Where the holder takes messages; null where there is no holder.</param>
/// <param name="Duration">Others may take it this long after they saw the last renewal; whole seconds.</param>
/// <param name="AcquiredAt">By the holder's clock.</param>
/// <param name="RenewedAt">By the holder's clock.</param>
/// <param name="Transitions">How often the holder changed.</param>
/// <param name="Version">Of the stored object, opaque; null for one that is not stored.</param>
public sealed record LeaseRecord(
    string Name, string? Holder, string? Address, TimeSpan Duration, DateTimeOffset AcquiredAt, DateTimeOffset RenewedAt, int Transitions, string? Version);

/// <summary>What <see cref="ILeaseStore.WatchAsync"/> tells.</summary>
public abstract record LeaseChange
{
    private LeaseChange()
    {
    }

    /// <summary>All leases there are: replaces what was known.</summary>
    public sealed record Listed(ImmutableArray<LeaseRecord> Leases) : LeaseChange;

    /// <summary>A lease was made or written.</summary>
    public sealed record Written(LeaseRecord Lease) : LeaseChange;

    /// <summary>A lease is gone.</summary>
    public sealed record Deleted(string Name) : LeaseChange;

    /// <summary>What is known may be out of date until the next change; it is tried again.</summary>
    public sealed record Interrupted(string Why) : LeaseChange;
}

/// <summary>A lease could not be written or deleted.</summary>
/// <param name="message">The operation, the lease, the reason, and what is not known.</param>
/// <param name="innerException">What it came from.</param>
public sealed class LeaseException(string message, Exception? innerException = null) : Exception(message, innerException);
