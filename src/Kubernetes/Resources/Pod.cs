using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>core/v1 Pod.</summary>
/// <param name="Metadata">The controller's ownerReference names the DaemonSet of a pull pod.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="Status">What kubelet reports.</param>
public sealed record Pod(ObjectMeta Metadata, PodSpec? Spec = null, PodStatus? Status = null) : IKubernetesObject
{
    /// <summary><c>/api/v1/namespaces/NS/pods</c>.</summary>
    public static ResourceKind<Pod> Resource { get; } = new("", "v1", "pods", true, KubernetesJsonContext.Default.Pod);

    /// <summary>
    /// The node that this pod is on or meant for: <c>spec.nodeName</c>, or before the pod is scheduled the
    /// <c>metadata.name</c> field match that the DaemonSet controller puts into the required node affinity. Null for
    /// a pending pod of any other controller.
    /// </summary>
    public string? TargetNode()
    {
        if (Spec?.NodeName is { Length: > 0 } assigned)
            return assigned;
        var terms = Spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms;
        return (terms ?? [])
            .SelectMany(term => term.MatchFields ?? [])
            .Where(field => field is { Key: "metadata.name", Operator: "In", Values.Count: 1 })
            .Select(field => field.Values![0])
            .FirstOrDefault();
    }
}

/// <summary>core/v1 PodStatus.</summary>
/// <param name="Phase">Pending, Running, Succeeded, Failed or Unknown.</param>
/// <param name="Reason">For example <c>Evicted</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Conditions"><c>PodScheduled</c> with status False tells why no node takes the pod.</param>
/// <param name="ContainerStatuses">Null before kubelet has seen the pod.</param>
/// <param name="InitContainerStatuses">In the order in which they run.</param>
/// <param name="StartTime">When kubelet acknowledged the pod, before any pull.</param>
public sealed record PodStatus(
    string? Phase = null,
    string? Reason = null,
    string? Message = null,
    IReadOnlyList<Condition>? Conditions = null,
    IReadOnlyList<ContainerStatus>? ContainerStatuses = null,
    IReadOnlyList<ContainerStatus>? InitContainerStatuses = null,
    DateTimeOffset? StartTime = null);

/// <summary>core/v1 ContainerStatus.</summary>
/// <param name="Name">The container's name in the spec.</param>
/// <param name="Image">What runs; the runtime may write it differently from the spec.</param>
/// <param name="ImageID"><c>repo@sha256:...</c> once the image is on the node, empty before; some runtimes put a scheme in front.</param>
/// <param name="Ready">Always false for an init container that has not completed.</param>
/// <param name="Started">Null from kubelets that do not know it.</param>
/// <param name="RestartCount">Since the pod was made on this node.</param>
/// <param name="State">One of its three members is set; none means waiting.</param>
/// <param name="LastState">How the container ended the last time.</param>
public sealed record ContainerStatus(
    string Name,
    string? Image = null,
    string? ImageID = null,
    bool Ready = false,
    bool? Started = null,
    int RestartCount = 0,
    ContainerState? State = null,
    ContainerState? LastState = null);

/// <summary>core/v1 ContainerState.</summary>
/// <param name="Waiting">Not started yet, or between restarts.</param>
/// <param name="Running">Started and not ended.</param>
/// <param name="Terminated">Ended.</param>
public sealed record ContainerState(
    ContainerStateWaiting? Waiting = null,
    ContainerStateRunning? Running = null,
    ContainerStateTerminated? Terminated = null);

/// <summary>core/v1 ContainerStateWaiting.</summary>
/// <param name="Reason">For example ContainerCreating, ErrImagePull, ImagePullBackOff, InvalidImageName, CrashLoopBackOff.</param>
/// <param name="Message">The runtime's words.</param>
public sealed record ContainerStateWaiting(string? Reason = null, string? Message = null);

/// <summary>core/v1 ContainerStateRunning.</summary>
/// <param name="StartedAt">The node's clock.</param>
public sealed record ContainerStateRunning(DateTimeOffset? StartedAt = null);

/// <summary>core/v1 ContainerStateTerminated.</summary>
/// <param name="ExitCode">128 means that the runtime could not start it (an image without the command).</param>
/// <param name="Reason">For example Completed, Error, StartError, OOMKilled.</param>
/// <param name="Message">The runtime's or the container's words.</param>
/// <param name="StartedAt">The node's clock; kubelet writes 1970 when it never started.</param>
/// <param name="FinishedAt">The node's clock.</param>
public sealed record ContainerStateTerminated(
    int ExitCode,
    string? Reason = null,
    string? Message = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? FinishedAt = null);
