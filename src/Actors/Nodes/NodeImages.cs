using System.Collections.Immutable;
using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.Nodes;

/// <summary>
/// The images a kubelet reports in <c>node.status.images</c>, by name. kubelet reports its biggest ones only
/// (<c>nodeStatusMaxImages</c>, 50 unless changed), so absence says something only of a <see cref="IsFull"/> report.
/// </summary>
public sealed class NodeImages
{
    /// <summary>The default of kubelet's <c>nodeStatusMaxImages</c>.</summary>
    public const int ReportLimit = 50;

    private readonly Dictionary<string, ImmutableArray<string>> _digestsByTag = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digestNames = new(StringComparer.Ordinal);

    /// <param name="images">One list of names an image, as reported: <c>repo@sha256:...</c> and <c>repo:tag</c>; <c>&lt;none&gt;</c> entries are passed over.</param>
    public NodeImages(IReadOnlyCollection<IReadOnlyList<string>> images)
    {
        Count = images.Count;
        foreach (var names in images)
            Add(names);
        Cached = [.. _digestsByTag.SelectMany(tag => tag.Value.Select(digest => (tag.Key, digest)))];
    }

    /// <summary>A node that has reported nothing.</summary>
    public static NodeImages None { get; } = new([]);

    /// <summary>How many images are in the report.</summary>
    public int Count { get; }

    /// <summary>The report names every image of the node.</summary>
    public bool IsFull => Count < ReportLimit;

    /// <summary>Each (normalised <c>name:tag</c>, digest) in the report.</summary>
    public ImmutableArray<(string Name, string Digest)> Cached { get; }

    /// <summary>
    /// The report has the image under its tag, with the digest where one is wanted. A reference with a digest of its own is looked up
    /// by that alone, because a container runtime that pulls <c>repo:tag@digest</c> keeps no tag.
    /// </summary>
    public bool Has(ImageReference image, string? digest)
    {
        if (image.Digest is not null)
            return _digestNames.Contains(image.Lookup);
        return _digestsByTag.TryGetValue(image.Lookup, out var digests)
            && (digest is null || digests.Contains(digest, StringComparer.Ordinal));
    }

    /// <summary>One of <see cref="Cached"/>.</summary>
    public bool Reports(string name, string digest) =>
        _digestsByTag.TryGetValue(name, out var digests) && digests.Contains(digest, StringComparer.Ordinal);

    private void Add(IReadOnlyList<string> names)
    {
        var tags = new List<ImageReference>();
        var digests = new List<(string Name, string Digest)>();
        foreach (var name in names)
        {
            if (name.Contains("<none>", StringComparison.Ordinal) || !ImageReference.TryParse(name, out var reference, out _))
                continue;
            if (reference.Digest is { } digest)
                digests.Add((reference.Name, digest));
            else
                tags.Add(reference);
        }
        foreach (var (name, digest) in digests)
            _digestNames.Add($"{name}@{digest}");
        foreach (var tag in tags)
        {
            // A digest names its own repository; where that repository has none, the image is still the same content.
            var own = digests.Where(d => d.Name == tag.Name).Select(d => d.Digest).ToArray();
            var known = own.Length > 0 ? own : [.. digests.Select(d => d.Digest).Distinct()];
            var key = $"{tag.Name}:{tag.Tag}";
            _digestsByTag[key] = _digestsByTag.TryGetValue(key, out var before) ? [.. before.Union(known)] : [.. known];
        }
    }
}
