using System.Collections.Immutable;
using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Kubernetes.Watching;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>Reads Kubernetes objects as the actors' facts.</summary>
internal static class ClusterFacts
{
    // What kubelet says while it cannot get an image (pkg/kubelet/images/types.go, and pkg/kubelet/container/sync_result.go).
    private static readonly ImmutableHashSet<string> PullFailures =
    [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed",
    ];

    // What kubelet says when it has the image and the container does not run.
    private static readonly ImmutableHashSet<string> RunFailures = ["CrashLoopBackOff", "RunContainerError", "CreateContainerError"];

    // The same, but for what it needs to make the container.
    private const string ConfigFailure = "CreateContainerConfigError";

    /// <summary>A node.</summary>
    public static NodeFacts Node(WatchedNode node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return new NodeFacts
        {
            Name = node.Metadata?.Name ?? "",
            Uid = node.Metadata?.Uid ?? "",
            CreatedAt = node.Metadata?.CreationTimestamp ?? default,
            BootId = node.Status?.NodeInfo?.BootID ?? "",
            Labels = node.Metadata?.Labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
            Ready = ready?.Status == "True",
            ReadySince = ready?.LastTransitionTime,
            Unschedulable = node.Spec?.Unschedulable ?? false,
            Taints = [.. (node.Spec?.Taints ?? []).Select(taint => new Taint(taint.Key ?? "", taint.Value ?? "", taint.Effect ?? ""))],
            Images = new NodeImages([.. (node.Status?.Images ?? []).Select(image => image.Names ?? [])]),
        };
    }

    /// <summary>One of our DaemonSets.</summary>
    public static PullObject Pull(WatchedDaemonSet daemonSet) => new(
        daemonSet.Metadata?.Name ?? "",
        daemonSet.Metadata?.Uid ?? "",
        daemonSet.Metadata?.Labels?.GetValueOrDefault(PullDaemonSet.MachineLabel) ?? "",
        daemonSet.Spec?.Template?.Spec?.Containers?.FirstOrDefault(container => container.Name == PullDaemonSet.ContainerName)?.Image ?? "");

    /// <summary>The image that a DaemonSet of ours pulls; empty where it is not one.</summary>
    public static string ImageOf(V1DaemonSet daemonSet) =>
        daemonSet.Spec?.Template?.Spec?.Containers?.FirstOrDefault(container => container.Name == PullDaemonSet.ContainerName)?.Image ?? "";

    /// <summary>One of our pull pods.</summary>
    public static PullPod Pod(WatchedPod pod)
    {
        var container = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == PullDaemonSet.ContainerName);
        var (state, reason) = State(pod, container);
        return new PullPod
        {
            Name = pod.Metadata?.Name ?? "",
            Pull = pod.Metadata?.Labels?.GetValueOrDefault(PullDaemonSet.InstanceLabel) ?? "",
            Node = TargetNode(pod) ?? "",
            CreatedAt = pod.Metadata?.CreationTimestamp ?? default,
            State = state,
            Digest = state == PullPodState.Pulled ? Digest(container?.ImageID) : null,
            Reason = reason,
        };
    }

    /// <summary>
    /// The node that a pod is on or meant for: <c>spec.nodeName</c>, or before the pod is scheduled the <c>metadata.name</c> field match that the
    /// DaemonSet controller puts into the required node affinity. Null for a pending pod of any other controller.
    /// </summary>
    public static string? TargetNode(WatchedPod pod)
    {
        if (pod.Spec?.NodeName is { Length: > 0 } assigned)
            return assigned;
        var terms = pod.Spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms;
        return (terms ?? [])
            .SelectMany(term => term.MatchFields ?? [])
            .Where(field => field is { Key: "metadata.name", Operator: "In", Values.Count: 1 })
            .Select(field => field.Values![0])
            .FirstOrDefault();
    }

    /// <summary>The image of a pod's sleeper, and why the node cannot get or run it, in words; null where it can, or has not said yet.</summary>
    public static (string Image, string Why)? SleeperFailure(WatchedPod pod)
    {
        if (Sleeper(pod) is not { State.Waiting: { Reason: { } reason } waiting } sleeper
            || !PullFailures.Contains(reason) && !RunFailures.Contains(reason) && reason != ConfigFailure)
            return null;
        // While kubelet backs off it says only that; the last end says why.
        var last = sleeper.LastState?.Terminated?.Message;
        return (SleeperImageOf(pod), Words(reason, RunFailures.Contains(reason) && !string.IsNullOrEmpty(last) ? last : waiting.Message));
    }

    private static (PullPodState State, string? Reason) State(WatchedPod pod, WatchedPod.ContainerStatus? container)
    {
        var waiting = container?.State?.Waiting;
        var pulled = container?.ImageID is { Length: > 0 }
            && (container.State?.Running is not null || container.State?.Terminated is not null || container.LastState?.Terminated is not null
                || RunFailures.Contains(waiting?.Reason ?? ""));
        if (pulled)
            return (PullPodState.Pulled, null);
        if (PullFailures.Contains(waiting?.Reason ?? ""))
            return (PullPodState.PullFailed, Words(waiting!.Reason, waiting.Message));
        // The image's turn comes only after the sleeper's: without it there is no pull.
        if (SleeperFailure(pod) is { } failure)
            return (PullPodState.PullFailed, $"sleeper image {failure.Image}: {failure.Why}");
        if (pod.Status is { Phase: "Failed" })
            return (PullPodState.PullFailed, $"pod failed: {Words(pod.Status.Reason, pod.Status.Message)}");
        if (pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False", Reason: "Unschedulable" }) is { } unschedulable)
            return (PullPodState.Unschedulable, unschedulable.Message ?? "no reason given");
        return (PullPodState.Pulling, waiting is null or { Reason: "ContainerCreating" or "PodInitializing" } ? SleeperEnd(pod) : Words(waiting.Reason, waiting.Message));
    }

    // It failed once and is about to be tried again.
    private static string? SleeperEnd(WatchedPod pod) => Sleeper(pod)?.State?.Terminated is { ExitCode: not 0 } end
        ? $"sleeper image {SleeperImageOf(pod)}: {Words($"exit code {end.ExitCode}", end.Message)}"
        : null;

    private static WatchedPod.ContainerStatus? Sleeper(WatchedPod pod) =>
        pod.Status?.InitContainerStatuses?.FirstOrDefault(status => status.Name == SleeperImage.ContainerName);

    // As it is in the spec: a runtime writes it in ways of its own.
    private static string SleeperImageOf(WatchedPod pod) =>
        pod.Spec?.InitContainers?.FirstOrDefault(container => container.Name == SleeperImage.ContainerName)?.Image ?? "";

    private static string Words(string? reason, string? message) =>
        string.IsNullOrEmpty(message) ? reason ?? "no reason given" : $"{reason}: {message}";

    // repo@sha256:..., with a scheme in front on some runtimes. A bare sha256:... is the config's digest, which says nothing of the manifest's.
    private static string? Digest(string? imageId)
    {
        var at = imageId?.LastIndexOf('@') ?? -1;
        return at < 0 ? null : imageId![(at + 1)..];
    }
}
