using System.Text.Json.Serialization;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>apps/v1 DaemonSet.</summary>
/// <param name="Metadata">Name at most 63 characters, because it becomes a label of its pods' revisions.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="Status">What the controller reports; not sent when creating.</param>
public sealed record DaemonSet(ObjectMeta Metadata, DaemonSetSpec? Spec = null, DaemonSetStatus? Status = null) : IKubernetesObject, ITypeMeta
{
    /// <summary><c>/apis/apps/v1/namespaces/NS/daemonsets</c>.</summary>
    public static ResourceKind<DaemonSet> Resource { get; } =
        new("apps", "v1", "daemonsets", true, KubernetesJsonContext.Default.DaemonSet);

    /// <summary><c>apps/v1</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string ApiVersion => "apps/v1";

    /// <summary><c>DaemonSet</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "DaemonSet";
}

/// <summary>apps/v1 DaemonSetSpec.</summary>
/// <param name="Selector">Must match the template's labels; cannot be changed later.</param>
/// <param name="Template">The pod that goes onto each matching node.</param>
/// <param name="UpdateStrategy">Null means RollingUpdate, one node at a time.</param>
/// <param name="RevisionHistoryLimit">Old revisions kept; null means 10.</param>
/// <param name="MinReadySeconds">Null means 0.</param>
public sealed record DaemonSetSpec(
    LabelSelector Selector,
    PodTemplateSpec Template,
    DaemonSetUpdateStrategy? UpdateStrategy = null,
    int? RevisionHistoryLimit = null,
    int? MinReadySeconds = null);

/// <summary>core/v1 PodTemplateSpec.</summary>
/// <param name="Metadata">Labels and annotations; a name is ignored.</param>
/// <param name="Spec">The pod.</param>
public sealed record PodTemplateSpec(ObjectMeta Metadata, PodSpec Spec);

/// <summary>apps/v1 DaemonSetUpdateStrategy.</summary>
/// <param name="Type">RollingUpdate or OnDelete.</param>
/// <param name="RollingUpdate">Only with RollingUpdate.</param>
public sealed record DaemonSetUpdateStrategy(string Type, RollingUpdateDaemonSet? RollingUpdate = null);

/// <summary>apps/v1 RollingUpdateDaemonSet.</summary>
/// <param name="MaxUnavailable">Number or percentage of nodes without a pod during an update.</param>
/// <param name="MaxSurge">Number or percentage with two; since 1.22.</param>
public sealed record RollingUpdateDaemonSet(IntOrString? MaxUnavailable = null, IntOrString? MaxSurge = null);

/// <summary>
/// apps/v1 DaemonSetStatus. The numbers count nodes that tolerate the DaemonSet's automatic tolerations too (cordoned, not ready).
/// </summary>
/// <param name="CurrentNumberScheduled">Nodes that have a pod and should.</param>
/// <param name="DesiredNumberScheduled">Nodes that should have one.</param>
/// <param name="NumberMisscheduled">Nodes that have one and should not.</param>
/// <param name="NumberReady">Nodes whose pod is ready.</param>
/// <param name="UpdatedNumberScheduled">Nodes with a pod of the present template.</param>
/// <param name="NumberAvailable">Ready for minReadySeconds.</param>
/// <param name="ObservedGeneration">Below metadata.generation: the numbers are about an older spec.</param>
public sealed record DaemonSetStatus(
    int CurrentNumberScheduled = 0,
    int DesiredNumberScheduled = 0,
    int NumberMisscheduled = 0,
    int NumberReady = 0,
    int UpdatedNumberScheduled = 0,
    int NumberAvailable = 0,
    long ObservedGeneration = 0);
