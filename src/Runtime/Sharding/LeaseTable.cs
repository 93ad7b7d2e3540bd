namespace CacheMachine.Runtime.Sharding;

/// <summary>The leases as this replica sees them, each with the moment of its last change here: clocks of other machines do not count.</summary>
internal sealed class LeaseTable(TimeProvider time)
{
    private readonly Dictionary<string, (LeaseRecord Lease, long SeenAt)> _leases = new(StringComparer.Ordinal);

    internal IEnumerable<LeaseRecord> All => _leases.Values.Select(known => known.Lease);

    internal LeaseRecord? Find(string name) => _leases.TryGetValue(name, out var known) ? known.Lease : null;

    /// <returns>Whether anything but the time of renewal changed.</returns>
    internal bool Apply(LeaseChange change)
    {
        switch (change)
        {
            case LeaseChange.Listed listed:
                var names = listed.Leases.Select(lease => lease.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in _leases.Keys.Where(name => !names.Contains(name)).ToList())
                    _leases.Remove(gone);
                foreach (var lease in listed.Leases)
                    Put(lease);
                return true;
            case LeaseChange.Written written:
                return Put(written.Lease);
            case LeaseChange.Deleted deleted:
                return _leases.Remove(deleted.Name);
            default:
                return false;
        }
    }

    internal TimeSpan Age(LeaseRecord lease) => time.GetElapsedTime(_leases[lease.Name].SeenAt);

    /// <summary>Somebody holds it, and has renewed it in time.</summary>
    internal bool IsLive(LeaseRecord lease) => lease.Holder is not null && Age(lease) <= lease.Duration;

    private bool Put(LeaseRecord lease)
    {
        var before = Find(lease.Name);
        if (before?.Version == lease.Version)
            return false;
        // What was taken for dead and comes back is news, although nothing else in it changed.
        var news = before is null || before.Holder != lease.Holder || before.Address != lease.Address || !IsLive(before);
        _leases[lease.Name] = (lease, time.GetTimestamp());
        return news;
    }
}
