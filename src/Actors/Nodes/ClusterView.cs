using System.Collections.Immutable;

namespace CacheMachine.Actors.Nodes;

/// <summary>
/// One consistent, immutable picture of the nodes, of our pull pods and of our DaemonSets, as the watches have told it so far.
/// </summary>
public sealed record ClusterView
{
    /// <summary>Nothing is known yet.</summary>
    public static ClusterView Empty { get; } = new();

    /// <summary>By node name.</summary>
    public ImmutableDictionary<string, NodeFacts> Nodes { get; init; } = ImmutableDictionary<string, NodeFacts>.Empty;

    /// <summary>By DaemonSet name, then by pod name.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, PullPod>> Pods { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, PullPod>>.Empty;

    /// <summary>Our DaemonSets, by name.</summary>
    public ImmutableDictionary<string, PullObject> Pulls { get; init; } = ImmutableDictionary<string, PullObject>.Empty;

    /// <summary>What has been listed at least once.</summary>
    public ClusterKinds Listed { get; init; }

    /// <summary>Watches that are broken right now, with the reason in words.</summary>
    public ImmutableDictionary<ClusterKinds, string> Troubles { get; init; } = ImmutableDictionary<ClusterKinds, string>.Empty;

    /// <summary>Everything has been listed: absence means something.</summary>
    public bool IsSynced => Listed == ClusterKinds.All;

    /// <summary>The pods of one DaemonSet.</summary>
    public IEnumerable<PullPod> PodsOf(string pull) => Pods.TryGetValue(pull, out var pods) ? pods.Values : [];
}

/// <summary>The kinds that are watched.</summary>
[Flags]
public enum ClusterKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>v1 Node.</summary>
    Nodes = 1,

    /// <summary>v1 Pod with the label <c>cachemachine=pull</c>.</summary>
    Pods = 2,

    /// <summary>apps/v1 DaemonSet with the label <c>cachemachine=pull</c>.</summary>
    Pulls = 4,

    /// <summary>All of them.</summary>
    All = Nodes | Pods | Pulls,
}

/// <summary>The kinds as people say them.</summary>
public static class ClusterKindsExtensions
{
    /// <summary>For example <c>nodes</c>.</summary>
    public static string InWords(this ClusterKinds kind) => kind switch
    {
        ClusterKinds.Nodes => "nodes",
        ClusterKinds.Pods => "pull pods",
        ClusterKinds.Pulls => "DaemonSets",
        _ => kind.ToString(),
    };
}

/// <summary>One of our DaemonSets as the cluster has it.</summary>
/// <param name="Name"><c>metadata.name</c>.</param>
/// <param name="Uid"><c>metadata.uid</c>.</param>
/// <param name="Label">Its label <c>app</c>, which says whose it is.</param>
/// <param name="Image">The image of its pull container, as written there.</param>
public sealed record PullObject(string Name, string Uid, string Label, string Image);

/// <summary>One of our pull pods as the cluster has it.</summary>
public sealed record PullPod
{
    /// <summary><c>metadata.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The DaemonSet it belongs to.</summary>
    public required string Pull { get; init; }

    /// <summary>The node it runs on or is meant for; empty where that is not known.</summary>
    public required string Node { get; init; }

    /// <summary><c>metadata.creationTimestamp</c>: a pod that is older than its node was another node's.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What its pull container says.</summary>
    public required PullPodState State { get; init; }

    /// <summary>Manifest digest of the image the container has (<c>sha256:...</c>), where the runtime says it.</summary>
    public string? Digest { get; init; }

    /// <summary>Reason and message in words, where there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>This pod, with the reason of <paramref name="before"/> where that says more: kubelet gives the registry's words only once (ErrImagePull), then says that it backs off.</summary>
    public PullPod After(PullPod? before) =>
        before is { State: PullPodState.PullFailed } && State == PullPodState.PullFailed && Reason?.Contains("ImagePullBackOff", StringComparison.Ordinal) == true
            ? this with { Reason = before.Reason }
            : this;
}

/// <summary>How far a pull pod is.</summary>
public enum PullPodState
{
    /// <summary>Not scheduled, or pulling, or about to.</summary>
    Pulling,

    /// <summary>The image is on the node: the container has an <c>imageID</c> and ran, runs, or failed to run.</summary>
    Pulled,

    /// <summary>The image cannot be pulled.</summary>
    PullFailed,

    /// <summary>The scheduler has no place for the pod.</summary>
    Unschedulable,
}
