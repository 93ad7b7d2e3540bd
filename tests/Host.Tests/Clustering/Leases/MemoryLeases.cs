using System.Collections.Concurrent;
using System.Globalization;
using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Tests.Clustering.Leases;

/// <summary>A store of Leases that can be away.</summary>
internal sealed class MemoryLeases : ILeaseStore
{
    private readonly ConcurrentDictionary<string, LeaseRecord> _leases = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _version;

    /// <summary>Why every call fails; null: none does.</summary>
    public string? Away { get; set; }

    /// <summary>Whether a write is carried out, and its answer lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>How many writes were carried out.</summary>
    public int Writes { get; private set; }

    /// <summary>How many calls came.</summary>
    public int Calls { get; private set; }

    public LeaseRecord? this[string name] => _leases.GetValueOrDefault(name);

    public Task<LeaseRecord?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Calls++;
            return Away is { } why ? Task.FromException<LeaseRecord?>(new LeaseStoreException($"read Lease {name}: {why}")) : Task.FromResult(this[name]);
        }
    }

    public Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        if (lease.Duration < TimeSpan.FromSeconds(1) || lease.Duration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"the duration of Lease {lease.Name} is {lease.Duration}, not whole seconds", nameof(lease));
        lock (_lock)
        {
            Calls++;
            if (Away is { } why)
                return Task.FromException<LeaseRecord?>(new LeaseStoreException($"write Lease {lease.Name}: {why}"));
            if (this[lease.Name]?.Version != lease.Version)
                return Task.FromResult<LeaseRecord?>(null);
            Writes++;
            var written = _leases[lease.Name] = lease with { Version = (++_version).ToString(CultureInfo.InvariantCulture) };
            return LosesAnswers
                ? Task.FromException<LeaseRecord?>(new LeaseStoreException($"write Lease {lease.Name}: whether the server carried it out is not known"))
                : Task.FromResult<LeaseRecord?>(written);
        }
    }

    /// <summary>As <c>kubectl delete</c>.</summary>
    public void Delete(string name) => _leases.TryRemove(name, out _);
}
