using System.Text.Json.Serialization;

namespace CacheMachine.Host.Kubernetes.Watching;

// What is read of the objects that are watched, which may be many and big: only the fields that are used. Names are the API's.

/// <summary>metav1.ObjectMeta.</summary>
internal sealed record WatchedMeta(
    string? Name = null,
    string? Uid = null,
    string? ResourceVersion = null,
    DateTimeOffset? CreationTimestamp = null,
    IReadOnlyDictionary<string, string>? Labels = null);

/// <summary>core/v1 Node.</summary>
internal sealed record WatchedNode(WatchedMeta? Metadata, WatchedNode.NodeSpec? Spec = null, WatchedNode.NodeStatus? Status = null)
{
    internal sealed record NodeSpec(bool? Unschedulable = null, IReadOnlyList<NodeTaint>? Taints = null);

    internal sealed record NodeTaint(string? Key = null, string? Value = null, string? Effect = null);

    internal sealed record NodeStatus(
        IReadOnlyList<WatchedCondition>? Conditions = null, IReadOnlyList<NodeImage>? Images = null, NodeSystemInfo? NodeInfo = null);

    internal sealed record NodeImage([property: JsonConverter(typeof(SharedNames))] IReadOnlyList<string>? Names = null);

    internal sealed record NodeSystemInfo(string? BootID = null);
}

/// <summary>core/v1 NodeCondition and PodCondition.</summary>
internal sealed record WatchedCondition(
    string? Type = null, string? Status = null, string? Reason = null, string? Message = null, DateTimeOffset? LastTransitionTime = null);

/// <summary>core/v1 Pod.</summary>
internal sealed record WatchedPod(WatchedMeta? Metadata, WatchedPod.PodSpec? Spec = null, WatchedPod.PodStatus? Status = null)
{
    internal sealed record PodSpec(string? NodeName = null, IReadOnlyList<WatchedContainer>? InitContainers = null, PodAffinity? Affinity = null);

    internal sealed record PodAffinity(NodeAffinity? NodeAffinity = null);

    internal sealed record NodeAffinity(NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution = null);

    internal sealed record NodeSelector(IReadOnlyList<NodeSelectorTerm>? NodeSelectorTerms = null);

    internal sealed record NodeSelectorTerm(IReadOnlyList<Requirement>? MatchFields = null);

    internal sealed record Requirement(string? Key = null, string? Operator = null, IReadOnlyList<string>? Values = null);

    internal sealed record PodStatus(
        string? Phase = null,
        string? Reason = null,
        string? Message = null,
        IReadOnlyList<WatchedCondition>? Conditions = null,
        IReadOnlyList<ContainerStatus>? ContainerStatuses = null,
        IReadOnlyList<ContainerStatus>? InitContainerStatuses = null);

    // ImageID: repo@sha256:... once the image is on the node, empty before; some runtimes put a scheme in front.
    internal sealed record ContainerStatus(string? Name = null, string? ImageID = null, ContainerState? State = null, ContainerState? LastState = null);

    internal sealed record ContainerState(Waiting? Waiting = null, Running? Running = null, Terminated? Terminated = null);

    internal sealed record Waiting(string? Reason = null, string? Message = null);

    internal sealed record Running;

    internal sealed record Terminated(int ExitCode = 0, string? Message = null);
}

/// <summary>core/v1 Container.</summary>
internal sealed record WatchedContainer(string? Name = null, string? Image = null);

/// <summary>apps/v1 DaemonSet.</summary>
internal sealed record WatchedDaemonSet(WatchedMeta? Metadata, WatchedDaemonSet.DaemonSetSpec? Spec = null)
{
    internal sealed record DaemonSetSpec(PodTemplate? Template = null);

    internal sealed record PodTemplate(TemplateSpec? Spec = null);

    internal sealed record TemplateSpec(IReadOnlyList<WatchedContainer>? Containers = null);
}
