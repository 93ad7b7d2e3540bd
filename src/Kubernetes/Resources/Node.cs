using System.Text.Json.Serialization;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>core/v1 Node.</summary>
/// <param name="Metadata">Cluster-wide name; the uid changes when a node is replaced under the same name.</param>
/// <param name="Spec">Cordon and taints.</param>
/// <param name="Status">What kubelet reports.</param>
public sealed record Node(ObjectMeta Metadata, NodeSpec? Spec = null, NodeStatus? Status = null) : IKubernetesObject
{
    /// <summary><c>/api/v1/nodes</c>.</summary>
    public static ResourceKind<Node> Resource { get; } = new("", "v1", "nodes", false, KubernetesJsonContext.Default.Node);
}

/// <summary>core/v1 NodeSpec.</summary>
/// <param name="Unschedulable">True when cordoned.</param>
/// <param name="Taints">Null and empty mean the same.</param>
public sealed record NodeSpec(bool? Unschedulable = null, IReadOnlyList<Taint>? Taints = null);

/// <summary>core/v1 Taint.</summary>
/// <param name="Key">Qualified name.</param>
/// <param name="Effect">NoSchedule, PreferNoSchedule or NoExecute.</param>
/// <param name="Value">Null and empty mean the same.</param>
/// <param name="TimeAdded">Only for NoExecute.</param>
public sealed record Taint(string Key, string Effect, string? Value = null, DateTimeOffset? TimeAdded = null);

/// <summary>core/v1 NodeStatus.</summary>
/// <param name="Conditions">The one of type <c>Ready</c> says whether kubelet works.</param>
/// <param name="Images">
/// The biggest images on the node, at most <c>nodeStatusMaxImages</c> (50) unless kubelet is told otherwise; reported with a delay.
/// </param>
/// <param name="NodeInfo">Boot and software versions.</param>
public sealed record NodeStatus(
    IReadOnlyList<Condition>? Conditions = null,
    IReadOnlyList<ContainerImage>? Images = null,
    NodeSystemInfo? NodeInfo = null);

/// <summary>core/v1 ContainerImage.</summary>
/// <param name="Names">For example <c>docker.io/lsstsqre/x@sha256:...</c> and <c>docker.io/lsstsqre/x:t</c>; may be null for untagged images.</param>
/// <param name="SizeBytes">On disk, unpacked.</param>
public sealed record ContainerImage(
    [property: JsonConverter(typeof(PooledStringListConverter))] IReadOnlyList<string>? Names = null,
    long SizeBytes = 0);

/// <summary>core/v1 NodeSystemInfo.</summary>
/// <param name="BootID">Changes with every boot.</param>
/// <param name="KubeletVersion">For example <c>v1.20.2</c>.</param>
/// <param name="ContainerRuntimeVersion">For example <c>containerd://1.6.20</c>.</param>
/// <param name="Architecture">GOARCH, for example <c>amd64</c>.</param>
/// <param name="OperatingSystem">GOOS, for example <c>linux</c>.</param>
public sealed record NodeSystemInfo(
    string? BootID = null,
    string? KubeletVersion = null,
    string? ContainerRuntimeVersion = null,
    string? Architecture = null,
    string? OperatingSystem = null);

/// <summary>A condition of a node, pod or workload.</summary>
/// <param name="Type">For example <c>Ready</c>, <c>PodScheduled</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">One word in CamelCase.</param>
/// <param name="Message">For people.</param>
/// <param name="LastTransitionTime">When the status changed.</param>
public sealed record Condition(
    string Type,
    string Status,
    string? Reason = null,
    string? Message = null,
    DateTimeOffset? LastTransitionTime = null);
