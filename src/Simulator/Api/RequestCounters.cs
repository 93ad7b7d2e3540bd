using System.Collections.Concurrent;

namespace CacheMachine.Simulator.Api;

/// <summary>How many API requests came in, by verb (as RBAC names them) and resource (the plural). Watches count when they start.</summary>
public sealed class RequestCounters
{
    private static readonly string[] WriteVerbs = ["create", "update", "patch", "delete", "deletecollection"];

    private readonly ConcurrentDictionary<(string Verb, string Resource), long> _counts = new();

    /// <summary>All requests so far.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>All requests so far that may change something.</summary>
    public long Writes => _counts.Where(pair => WriteVerbs.Contains(pair.Key.Verb)).Sum(pair => pair.Value);

    /// <summary>Requests so far by verb and resource; null stands for any.</summary>
    public long Count(string? verb = null, string? resource = null) => _counts
        .Where(pair => (verb ?? pair.Key.Verb) == pair.Key.Verb && (resource ?? pair.Key.Resource) == pair.Key.Resource)
        .Sum(pair => pair.Value);

    /// <summary>A copy of all counts.</summary>
    public IReadOnlyDictionary<(string Verb, string Resource), long> Snapshot() => new Dictionary<(string, string), long>(_counts);

    internal void Add(string verb, string resource) => _counts.AddOrUpdate((verb, resource), 1, (_, count) => count + 1);
}
