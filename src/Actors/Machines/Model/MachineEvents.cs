using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>Something that happened to a machine and is in its journal for ever.</summary>
public interface IMachineEvent
{
    /// <summary>When.</summary>
    DateTimeOffset At { get; }
}

/// <summary>The machine was created or given another spec.</summary>
/// <param name="Generation">Which order this is: messages of earlier ones are recognised by it. 0 in version 1 of this event, which had none.</param>
/// <param name="Spec">What is asked of it from now on.</param>
/// <param name="At">When.</param>
public sealed record MachineConfigured(long Generation, MachineSpec Spec, DateTimeOffset At) : IMachineEvent;

/// <summary>The machine was deleted.</summary>
/// <param name="Generation">Which order this is. 0 in version 1 of this event, which had none.</param>
/// <param name="At">When.</param>
public sealed record MachineDeleted(long Generation, DateTimeOffset At) : IMachineEvent;

/// <summary>A repository manager's list changed.</summary>
/// <param name="Index">Its place in the spec.</param>
/// <param name="Desired">To be pulled, in the order of priority.</param>
/// <param name="All">For display.</param>
/// <param name="At">When.</param>
public sealed record RepoListChanged(int Index, ImmutableArray<DesiredImage> Desired, ImmutableArray<DesiredImage> All, DateTimeOffset At) : IMachineEvent;

/// <summary>The pull of an image begins.</summary>
/// <param name="Image">The normalised image.</param>
/// <param name="Url">The image as the operator or the registry names it.</param>
/// <param name="Digest">The digest that is wanted, or null.</param>
/// <param name="Pull">Name of the DaemonSet.</param>
/// <param name="Nodes">Where; null: everywhere.</param>
/// <param name="At">When.</param>
public sealed record PullStarted(string Image, string Url, string? Digest, string Pull, ImmutableArray<string>? Nodes, DateTimeOffset At) : IMachineEvent;

/// <summary>A pull that is under way goes to more nodes.</summary>
/// <param name="Image">The normalised image.</param>
/// <param name="Nodes">The nodes that are new.</param>
/// <param name="At">When.</param>
public sealed record PullWidened(string Image, ImmutableArray<string> Nodes, DateTimeOffset At) : IMachineEvent;

/// <summary>The pull of an image is over.</summary>
/// <param name="Image">The normalised image.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Why">Why it was cancelled; null otherwise.</param>
/// <param name="Pulled">The nodes that have the image.</param>
/// <param name="Failures">Why, by node, where it failed.</param>
/// <param name="RetryAt">When the nodes that failed are tried again; null where none failed.</param>
/// <param name="At">When.</param>
public sealed record PullEnded(
    string Image, PullOutcome Outcome, string? Why, ImmutableArray<NodeEvidence> Pulled,
    ImmutableSortedDictionary<string, string> Failures, DateTimeOffset? RetryAt, DateTimeOffset At) : IMachineEvent;

/// <summary>Nodes turned out not to have an image any more.</summary>
/// <param name="Image">The normalised image.</param>
/// <param name="Nodes">Names of the nodes.</param>
/// <param name="Why">How that is known, in words.</param>
/// <param name="Removed">The image was there and was removed, as kubelet's garbage collection does; else the node is another or the evidence too old.</param>
/// <param name="At">When.</param>
public sealed record EvidenceEnded(string Image, ImmutableArray<string> Nodes, string Why, bool Removed, DateTimeOffset At) : IMachineEvent;

/// <summary>How a pull ended.</summary>
public enum PullOutcome
{
    /// <summary>Every node has the image.</summary>
    Succeeded,

    /// <summary>At least one node was given up.</summary>
    Failed,

    /// <summary>It was no longer wanted.</summary>
    Cancelled,
}

/// <summary>One node's evidence in a <see cref="PullEnded"/>.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Uid">Its <c>metadata.uid</c>.</param>
/// <param name="BootId">Its boot.</param>
/// <param name="Digest">Manifest digest of the image; null where the runtime does not say it.</param>
public sealed record NodeEvidence(string Node, string Uid, string BootId, string? Digest);
