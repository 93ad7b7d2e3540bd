using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>An image on a node: its names as <c>status.images</c> has them (digests first), and its size in bytes.</summary>
public sealed record NodeImage(IReadOnlyList<string> Names, long SizeBytes);

/// <summary>The images on one node, after containerd's rules for names.</summary>
internal sealed class NodeImages
{
    private readonly List<Entry> _entries = [];

    public long Used => _entries.Sum(entry => entry.SizeBytes);

    public bool Holds(string digest) => _entries.Any(entry => entry.Digest == digest);

    public Entry? Find(ImageReference image) => _entries.Find(entry => image.Digest is null
        ? entry.Tags.Contains($"{image.Name}:{image.Tag}")
        : entry.Digests.Contains($"{image.Name}@{image.Digest}"));

    /// <summary>Notes a pulled image. A tag that named another image moves; that one keeps only its digest name.</summary>
    public Entry Add(ImageReference image, RegistryImage pulled, DateTimeOffset now)
    {
        var entry = _entries.Find(other => other.Digest == pulled.Digest);
        if (entry is null)
            _entries.Add(entry = new Entry(pulled.Digest, pulled.SizeBytes, pulled.HasShell));
        entry.LastUsed = now;
        entry.Digests.Add($"{image.Name}@{pulled.Digest}");
        if (image.Digest is null)
        {
            var tag = $"{image.Name}:{image.Tag}";
            foreach (var other in _entries)
                other.Tags.Remove(tag);
            entry.Tags.Add(tag);
        }

        return entry;
    }

    /// <summary>An entry with any names, as <c>&lt;none&gt;@&lt;none&gt;</c>.</summary>
    public void AddRaw(IEnumerable<string> names, long sizeBytes, DateTimeOffset now)
    {
        var entry = new Entry($"raw:{_entries.Count}:{sizeBytes}", sizeBytes, HasShell: true) { LastUsed = now };
        foreach (var name in names)
            (name.Contains('@', StringComparison.Ordinal) ? entry.Digests : entry.Tags).Add(name);
        _entries.Add(entry);
    }

    public bool Remove(Entry entry) => _entries.Remove(entry);

    public void Clear() => _entries.Clear();

    /// <summary>The images that are in no container's use, least recently used first.</summary>
    public IEnumerable<Entry> Unused(ISet<string> digestsInUse) =>
        _entries.Where(entry => !digestsInUse.Contains(entry.Digest)).OrderBy(entry => entry.LastUsed);

    public ImmutableArray<NodeImage> Snapshot() => [.. _entries.Select(entry => new NodeImage([.. entry.Names], entry.SizeBytes))];

    /// <summary>As in <c>node.status.images</c>: biggest first, at most <paramref name="limit"/> (-1 for all).</summary>
    public JsonArray Report(int limit)
    {
        var sorted = _entries.OrderByDescending(entry => entry.SizeBytes).Take(limit < 0 ? int.MaxValue : limit);
        return new JsonArray([.. sorted.Select(entry =>
            (JsonNode)new JsonObject { ["names"] = Json.ToList(entry.Names), ["sizeBytes"] = entry.SizeBytes })]);
    }

    internal sealed record Entry(string Digest, long SizeBytes, bool HasShell)
    {
        public SortedSet<string> Digests { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset LastUsed { get; set; }

        public IEnumerable<string> Names => Digests.Concat(Tags);
    }
}
