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

    private readonly Dictionary<string, ImmutableArray<string>> _digestsByTag;
    private readonly HashSet<string> _digestNames;

    /// <param name="images">One list of names an image, as reported: <c>repo@sha256:...</c> and <c>repo:tag</c>; <c>&lt;none&gt;</c> entries are passed over.</param>
    public NodeImages(IReadOnlyCollection<IReadOnlyList<string>> images)
    {
        Count = images.Count;
        _digestsByTag = new(2 * Count, StringComparer.Ordinal);
        _digestNames = new(Count, StringComparer.Ordinal);
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
        var reported = names.Select(ReportedName.Of).Where(name => name.Lookup is not null).ToList();
        var digests = reported.Where(name => name.Digest is not null).ToList();
        foreach (var digest in digests)
            _digestNames.Add(digest.Lookup!);
        foreach (var tag in reported.Where(name => name.Digest is null))
        {
            // A digest names its own repository; where that repository has none, the image is still the same content.
            var own = digests.Where(digest => digest.Name == tag.Name).Select(digest => digest.Digest!).ToArray();
            var known = own.Length > 0 ? own : [.. digests.Select(digest => digest.Digest!).Distinct()];
            _digestsByTag[tag.Lookup!] = _digestsByTag.TryGetValue(tag.Lookup!, out var before) ? [.. before.Union(known)] : [.. known];
        }
    }
}
