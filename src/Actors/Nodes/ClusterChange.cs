namespace CacheMachine.Actors.Nodes;

/// <summary>One thing a watch has told.</summary>
public abstract record ClusterChange;

/// <summary>A complete list of the nodes, in place of everything known before.</summary>
/// <param name="Nodes">All nodes.</param>
public sealed record NodesListed(IReadOnlyList<NodeFacts> Nodes) : ClusterChange;

/// <summary>A node was added or changed.</summary>
/// <param name="Node">The node as it is now.</param>
public sealed record NodeChanged(NodeFacts Node) : ClusterChange;

/// <summary>A node object was deleted.</summary>
/// <param name="Name">Its name.</param>
public sealed record NodeDeleted(string Name) : ClusterChange;

/// <summary>A complete list of our pull pods.</summary>
/// <param name="Pods">All pull pods.</param>
public sealed record PodsListed(IReadOnlyList<PullPod> Pods) : ClusterChange;

/// <summary>A pull pod was added or changed.</summary>
/// <param name="Pod">The pod as it is now.</param>
public sealed record PodChanged(PullPod Pod) : ClusterChange;

/// <summary>A pull pod was deleted.</summary>
/// <param name="Pull">Its DaemonSet.</param>
/// <param name="Name">Its name.</param>
public sealed record PodDeleted(string Pull, string Name) : ClusterChange;

/// <summary>A complete list of our DaemonSets.</summary>
/// <param name="Pulls">All of them.</param>
public sealed record PullsListed(IReadOnlyList<PullObject> Pulls) : ClusterChange;

/// <summary>A DaemonSet of ours was added or changed.</summary>
/// <param name="Pull">The DaemonSet as it is now.</param>
public sealed record PullChanged(PullObject Pull) : ClusterChange;

/// <summary>A DaemonSet of ours was deleted.</summary>
/// <param name="Name">Its name.</param>
public sealed record PullDeleted(string Name) : ClusterChange;

/// <summary>A list or watch failed and is tried again, until <see cref="WatchResumed"/>; what is known stays in use.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Error">Why, in words.</param>
public sealed record WatchBroken(ClusterKinds Kind, string Error) : ClusterChange;

/// <summary>A watch is open (again) and stands: what it tells is up to date.</summary>
/// <param name="Kind">Which one.</param>
public sealed record WatchResumed(ClusterKinds Kind) : ClusterChange;
