using System.Collections.Immutable;
using System.Globalization;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Runtime.TestKit;

/// <summary>
/// Leases in memory, and one client of them; <see cref="Another"/> is a further client (another replica), with switches of its own. Calls end at once, on the caller's
/// thread, and so do watches tell: with a <see cref="VirtualTimeProvider"/> nothing depends on threads. Safe for many threads.
/// </summary>
public sealed class MemoryLeases : ILeaseStore
{
    private readonly Stored _stored;
    private readonly List<Watch> _watches = [];
    private string? _fail;
    private bool _holdEvents;

    /// <summary>No leases.</summary>
    public MemoryLeases()
        : this(new Stored())
    {
    }

    private MemoryLeases(Stored stored)
    {
        _stored = stored;
        lock (stored.Lock) stored.Clients.Add(this);
    }

    /// <summary>Null, or why this client is cut off: its writes and deletions fail and do nothing, its watches are interrupted until it is null again, and then list anew.</summary>
    public string? Fail
    {
        get
        {
            lock (_stored.Lock) return _fail;
        }
        set
        {
            lock (_stored.Lock)
            {
                if (_fail == value) return;
                _fail = value;
                foreach (var watch in _watches) watch.Enqueue(State());
            }

            Tell();
        }
    }

    /// <summary>While true, this client's writes and deletions are carried out, but fail nevertheless.</summary>
    public bool LoseAnswers { get; set; }

    /// <summary>While true, this client's watches tell nothing; what happened meanwhile they tell afterwards, in order.</summary>
    public bool HoldEvents
    {
        get
        {
            lock (_stored.Lock) return _holdEvents;
        }
        set
        {
            lock (_stored.Lock) _holdEvents = value;
            Tell();
        }
    }

    /// <summary>The leases as they are, by name.</summary>
    public ImmutableSortedDictionary<string, LeaseRecord> Leases
    {
        get
        {
            lock (_stored.Lock) return _stored.Leases;
        }
    }

    /// <summary>Another client of the same leases.</summary>
    public MemoryLeases Another() => new(_stored);

    /// <inheritdoc/>
    public async Task WatchAsync(Action<LeaseChange> onChange, CancellationToken cancellationToken)
    {
        var watch = new Watch(onChange);
        lock (_stored.Lock)
        {
            watch.Enqueue(State());
            _watches.Add(watch);
        }

        try
        {
            Tell();
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken));
            await cancelled.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_stored.Lock)
            {
                _watches.Remove(watch);
                watch.Queue.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Duration < TimeSpan.FromSeconds(1) || lease.Duration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"the duration of lease {lease.Name} is {lease.Duration}, not whole seconds", nameof(lease));
        return CallAsync<LeaseRecord?>($"write lease {lease.Name}", () =>
        {
            if (_stored.Leases.GetValueOrDefault(lease.Name)?.Version != lease.Version) return null;
            var written = lease with { Version = _stored.NextVersion(), Address = lease.Holder is null ? null : lease.Address };
            _stored.Leases = _stored.Leases.SetItem(lease.Name, written);
            _stored.Happened(new LeaseChange.Written(written));
            return written;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string version, CancellationToken cancellationToken) => CallAsync<object?>($"delete lease {name}", () =>
    {
        if (_stored.Leases.GetValueOrDefault(name)?.Version == version)
        {
            _stored.Leases = _stored.Leases.Remove(name);
            _stored.Happened(new LeaseChange.Deleted(name));
        }

        return null;
    }, cancellationToken);

    private LeaseChange State() => _fail is null ? _stored.All() : new LeaseChange.Interrupted(_fail);

    private Task<T> CallAsync<T>(string operation, Func<T> call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        T result;
        lock (_stored.Lock)
        {
            if (_fail is not null) return Task.FromException<T>(new LeaseException($"{operation}: {_fail}; it was not carried out"));
            result = call();
        }

        foreach (var client in _stored.AllClients()) client.Tell();
        return LoseAnswers
            ? Task.FromException<T>(new LeaseException($"{operation}: the answer was lost; whether it was carried out is not known"))
            : Task.FromResult(result);
    }

    // Never under the lock: who is told may write. One thread at a time for each watch, so that the order stays.
    private void Tell()
    {
        Watch[] watches;
        lock (_stored.Lock) watches = [.. _watches];
        foreach (var watch in watches)
        {
            while (Next(watch) is { } change)
            {
                try
                {
                    watch.OnChange(change);
                }
                finally
                {
                    lock (_stored.Lock) watch.Telling = false;
                }
            }
        }
    }

    private LeaseChange? Next(Watch watch)
    {
        lock (_stored.Lock)
        {
            if (watch.Telling || _holdEvents || !watch.Queue.TryDequeue(out var change)) return null;
            watch.Telling = true;
            return change;
        }
    }

    private sealed class Watch(Action<LeaseChange> onChange)
    {
        internal Action<LeaseChange> OnChange { get; } = onChange;

        internal Queue<LeaseChange> Queue { get; } = new();

        internal bool Telling { get; set; }

        internal void Enqueue(LeaseChange change) => Queue.Enqueue(change);
    }

    /// <summary>What all clients share.</summary>
    private sealed class Stored
    {
        private long _version;

        internal Lock Lock { get; } = new();

        internal List<MemoryLeases> Clients { get; } = [];

        internal ImmutableSortedDictionary<string, LeaseRecord> Leases { get; set; } = ImmutableSortedDictionary.Create<string, LeaseRecord>(StringComparer.Ordinal);

        internal string NextVersion() => (++_version).ToString(CultureInfo.InvariantCulture);

        internal LeaseChange.Listed All() => new LeaseChange.Listed([.. Leases.Values]);

        internal void Happened(LeaseChange change)
        {
            foreach (var client in Clients.Where(client => client._fail is null))
            {
                foreach (var watch in client._watches) watch.Enqueue(change);
            }
        }

        internal MemoryLeases[] AllClients()
        {
            lock (Lock) return [.. Clients];
        }
    }
}
