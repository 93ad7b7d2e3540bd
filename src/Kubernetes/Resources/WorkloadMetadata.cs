using System.Text.Json.Serialization.Metadata;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>The metadata of a workload, and nothing of its spec: enough to follow ownerReferences.</summary>
/// <param name="Metadata">Name, uid and owners.</param>
public sealed record WorkloadMetadata(ObjectMeta Metadata) : IKubernetesObject
{
    /// <summary><c>/apis/apps/v1/namespaces/NS/deployments</c>.</summary>
    public static ResourceKind<WorkloadMetadata> Deployments { get; } = new("apps", "v1", "deployments", true, Info);

    /// <summary><c>/apis/apps/v1/namespaces/NS/statefulsets</c>.</summary>
    public static ResourceKind<WorkloadMetadata> StatefulSets { get; } = new("apps", "v1", "statefulsets", true, Info);

    /// <summary><c>/apis/apps/v1/namespaces/NS/replicasets</c>.</summary>
    public static ResourceKind<WorkloadMetadata> ReplicaSets { get; } = new("apps", "v1", "replicasets", true, Info);

    private static JsonTypeInfo<WorkloadMetadata> Info => KubernetesJsonContext.Default.WorkloadMetadata;
}
