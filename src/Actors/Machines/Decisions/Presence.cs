using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>Whether an image is on a node: by the node's report, by its pull pod, or by evidence of an earlier one.</summary>
public static class Presence
{
    /// <summary>The image is on the node, with the digest that is wanted, if one is.</summary>
    /// <param name="image">The image.</param>
    /// <param name="node">The node.</param>
    /// <param name="pod">The image's pull pod on the node, if there is one.</param>
    /// <param name="evidence">What an earlier pull has shown, if there was one.</param>
    public static bool Has(WantedImage image, NodeFacts node, PullPod? pod, Evidence? evidence) =>
        node.Images.Has(image.Reference, image.Digest)
        || (pod is { State: PullPodState.Pulled } && pod.CreatedAt >= node.CreatedAt && Matches(image.Digest, pod.Digest))
        || (evidence is not null && evidence.Uid == node.Uid && Matches(image.Digest, evidence.Digest));

    /// <summary>
    /// Why evidence says nothing any more; null while it does. A kubelet reports an image up to a minute after the pull
    /// (<paramref name="grace"/>), and its 50 biggest only; so an image that a later full report lacks has been removed.
    /// </summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="image">The image that it is of.</param>
    /// <param name="node">The node now; null: there is none of that name.</param>
    /// <param name="before">The node in the view before; null where there was none.</param>
    /// <param name="grace">After how long a full report would have the image.</param>
    /// <param name="lifetime">After how long evidence is not believed any more.</param>
    /// <param name="now">The time.</param>
    public static EvidenceEnd? WhyEnded(
        Evidence evidence, Images.ImageReference image, NodeFacts? node, NodeFacts? before, TimeSpan grace, TimeSpan lifetime, DateTimeOffset now)
    {
        if (node is null)
            return new("the node is gone");
        if (node.Uid != evidence.Uid)
            return new("the node was replaced");
        if (node.BootId.Length > 0 && evidence.BootId.Length > 0 && node.BootId != evidence.BootId)
            return new("the node was rebooted");
        if (now - evidence.At >= lifetime)
            return new("it is too old to be believed");
        if (!node.Ready || !node.Images.IsFull || node.Images.Has(image, null))
            return null;
        if (before is not null && before.Uid == node.Uid && before.Images.Has(image, null))
            return new("the node no longer reports the image: it was removed there", Removed: true);
        return now - evidence.At >= grace ? new("the node reports all its images, and not this one", Removed: true) : null;
    }

    private static bool Matches(string? wanted, string? actual) => wanted is null || wanted == actual;
}

/// <summary>Evidence says nothing any more.</summary>
/// <param name="Why">In words.</param>
/// <param name="Removed">The image was on the node, and was removed.</param>
public sealed record EvidenceEnd(string Why, bool Removed = false);
