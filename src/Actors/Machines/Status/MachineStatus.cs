using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What a machine says of itself. The first seven fields are the old service's dump.</summary>
public sealed record MachineStatus
{
    /// <summary>Name of the machine.</summary>
    public required string Name { get; init; }

    /// <summary>Labels a node must have.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>What every eligible node reports, wanted or not.</summary>
    public required ImmutableArray<CachedImage> CommonCache { get; init; }

    /// <summary>Everything that a user may be offered, for display.</summary>
    public required ImmutableArray<DesiredImage> AllImages { get; init; }

    /// <summary>Desired, and on every eligible node.</summary>
    public required ImmutableArray<DesiredImage> AvailableImages { get; init; }

    /// <summary>Desired, in the order of priority.</summary>
    public required ImmutableArray<DesiredImage> DesiredImages { get; init; }

    /// <summary>Desired, and missing on at least one eligible node, or no node is eligible.</summary>
    public required ImmutableArray<DesiredImage> ImagesToCache { get; init; }

    /// <summary>Where the machine stands.</summary>
    public required MachinePhase Phase { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Message { get; init; }

    /// <summary>The nodes that the labels match, or some of them, see <see cref="NodeDetail"/>.</summary>
    public required ImmutableArray<NodeStatus> Nodes { get; init; }

    /// <summary>How many there are.</summary>
    public NodeCounts NodeCounts { get; init => field = value ?? NodeCounts.None; } = NodeCounts.None;

    /// <summary>Each image that is being pulled, or is waiting to be tried again.</summary>
    public required ImmutableArray<PullStatus> Pulls { get; init; }
}

/// <summary>The images of a machine: the answer to <see cref="GetMachineImages"/>.</summary>
/// <param name="Desired">Desired, in the order of priority.</param>
/// <param name="Available">Those of them that are on every eligible node.</param>
/// <param name="All">Everything that a user may be offered, for display.</param>
public sealed record MachineImages(ImmutableArray<DesiredImage> Desired, ImmutableArray<DesiredImage> Available, ImmutableArray<DesiredImage> All);

/// <summary>An image that every eligible node reports.</summary>
/// <param name="ImageUrl">With its tag, normalised.</param>
/// <param name="ImageHash">Its digest.</param>
/// <param name="Tags">Its other tags in the same repository.</param>
public sealed record CachedImage(string ImageUrl, string ImageHash, ImmutableArray<string> Tags);

/// <summary>Where a machine stands.</summary>
public enum MachinePhase
{
    /// <summary>The cluster or the image lists have not been seen yet.</summary>
    Starting,

    /// <summary>Nothing to do: every desired image is on every eligible node.</summary>
    Ready,

    /// <summary>Images are being pulled.</summary>
    Pulling,

    /// <summary>Images are missing, and wait to be tried again.</summary>
    Waiting,

    /// <summary>No node is eligible.</summary>
    NoNodes,

    /// <summary>Images are missing, and the machine is paused.</summary>
    Paused,
}

/// <summary>How many nodes there are.</summary>
/// <param name="Matching">The labels match.</param>
/// <param name="Eligible">The images belong on them, too.</param>
/// <param name="Lacking">They are eligible, and lack a desired image.</param>
public sealed record NodeCounts(int Matching, int Eligible, int Lacking)
{
    /// <summary>There are no nodes.</summary>
    public static NodeCounts None { get; } = new(0, 0, 0);
}

/// <summary>A node that the machine's labels match.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Eligible">The images belong on it.</param>
/// <param name="Reason">Why not, in words; null where eligible.</param>
/// <param name="Missing">The desired images that it lacks, or some of them; empty for a node that is not eligible.</param>
/// <param name="MissingCount">How many it lacks.</param>
public sealed record NodeStatus(string Name, bool Eligible, string? Reason, ImmutableArray<string> Missing, int MissingCount = 0);

/// <summary>An image that is being pulled, or waits to be tried again.</summary>
/// <param name="Image">As it is desired.</param>
/// <param name="State"><c>pulling</c> or <c>waiting</c>.</param>
/// <param name="NodesDone">Eligible nodes that have it.</param>
/// <param name="NodesTotal">Eligible nodes.</param>
/// <param name="Errors">Reasons by node, or some of them.</param>
/// <param name="StartedAt">Since when it is being pulled.</param>
/// <param name="RetryAt">When it is tried again on nodes that failed.</param>
/// <param name="Attempts">Failures in a row.</param>
/// <param name="ErrorsCount">On how many nodes there is a reason.</param>
public sealed record PullStatus(
    string Image, string State, int NodesDone, int NodesTotal, ImmutableSortedDictionary<string, string> Errors,
    DateTimeOffset? StartedAt, DateTimeOffset? RetryAt, int Attempts, int ErrorsCount = 0);
