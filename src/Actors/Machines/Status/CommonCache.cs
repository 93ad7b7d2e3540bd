using System.Collections.Immutable;
using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What every one of some nodes reports.</summary>
public static class CommonCache
{
    /// <summary>Images with the same tag and digest on each node, each with its other tags on any of them; empty without nodes.</summary>
    public static ImmutableArray<CachedImage> Of(ImmutableArray<NodeFacts> nodes)
    {
        if (nodes.IsEmpty)
            return [];
        var common = nodes[0].Images.Cached.Where(image => nodes.All(node => node.Images.Reports(image.Name, image.Digest))).ToList();
        if (common.Count == 0)
            return [];
        var tags = nodes.SelectMany(node => node.Images.Cached).Distinct().Select(Split).ToLookup(image => (image.Name, image.Digest), image => image.Tag);
        return [.. common
            .Select(image => (image.Name, image.Digest, Parts: Split(image)))
            .OrderBy(image => image.Name, StringComparer.Ordinal)
            .Select(image => new CachedImage(
                image.Name, image.Digest,
                [.. tags[(image.Parts.Name, image.Digest)].Where(tag => tag != image.Parts.Tag).Order(StringComparer.Ordinal)]))];
    }

    private static (string Name, string Tag, string Digest) Split((string Name, string Digest) image)
    {
        var colon = image.Name.LastIndexOf(':');
        return (image.Name[..colon], image.Name[(colon + 1)..], image.Digest);
    }
}
