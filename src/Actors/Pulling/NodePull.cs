using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.Pulling;

/// <summary>How one image's pull stands on one node.</summary>
public enum NodePullState
{
    /// <summary>Under way.</summary>
    Pulling,

    /// <summary>The image is there.</summary>
    Done,

    /// <summary>Given up for now.</summary>
    Failed,
}

/// <summary>How one image's pull stands on one node, and why.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="State">How it stands.</param>
/// <param name="Reason">The reason in words, where it has failed or waits for something.</param>
/// <param name="TagMoved">It has failed because the registry serves another digest than it listed.</param>
public sealed record NodePull(string Node, NodePullState State, string? Reason = null, bool TagMoved = false)
{
    /// <summary>Judges by the node's pull pod; an image that the node is known to have is done whatever its pod says.</summary>
    /// <param name="node">Name of the node.</param>
    /// <param name="pod">Its pull pod, if there is one.</param>
    /// <param name="present">The image is on the node.</param>
    /// <param name="wanted">The digest that is wanted, or null.</param>
    /// <param name="overdue">For how long there has been no progress, where that is longer than the pull may take.</param>
    public static NodePull Judge(string node, PullPod? pod, bool present, string? wanted, TimeSpan? overdue)
    {
        if (present)
            return new(node, NodePullState.Done);
        return pod switch
        {
            { State: PullPodState.PullFailed } => new(node, NodePullState.Failed, pod.Reason ?? "the image cannot be pulled"),
            { State: PullPodState.Unschedulable } => new(node, NodePullState.Failed, $"pod not scheduled: {pod.Reason}"),
            { State: PullPodState.Pulled, Digest: null } =>
                new(node, NodePullState.Failed, $"pulled, but the container runtime does not say its digest; wanted {wanted}"),
            { State: PullPodState.Pulled } => new(node, NodePullState.Failed, $"the registry served {pod.Digest}; wanted {wanted}", TagMoved: true),
            _ when overdue is { } time => new(node, NodePullState.Failed, $"no progress for {Words.Of(time)}"),
            _ => new(node, NodePullState.Pulling, pod?.Reason),
        };
    }
}
