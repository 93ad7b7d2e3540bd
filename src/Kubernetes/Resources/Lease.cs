using System.Text.Json.Serialization;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>coordination.k8s.io/v1 Lease. Replacing it with the metadata.resourceVersion that was read is a compare-and-swap.</summary>
/// <param name="Metadata">Name, namespace, version.</param>
/// <param name="Spec">Who holds it, and since when.</param>
public sealed record Lease(ObjectMeta Metadata, LeaseSpec? Spec = null) : IKubernetesObject, ITypeMeta
{
    /// <summary><c>/apis/coordination.k8s.io/v1/namespaces/NS/leases</c>.</summary>
    public static ResourceKind<Lease> Resource { get; } =
        new("coordination.k8s.io", "v1", "leases", true, KubernetesJsonContext.Default.Lease);

    /// <summary><c>coordination.k8s.io/v1</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string ApiVersion => "coordination.k8s.io/v1";

    /// <summary><c>Lease</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "Lease";
}

/// <summary>coordination.k8s.io/v1 LeaseSpec.</summary>
/// <param name="HolderIdentity">Null or empty: nobody holds it.</param>
/// <param name="LeaseDurationSeconds">Above 0; others wait this long after they saw the last renewal.</param>
/// <param name="AcquireTime">Microseconds, the holder's clock.</param>
/// <param name="RenewTime">Microseconds, the holder's clock; not to be compared with another machine's clock.</param>
/// <param name="LeaseTransitions">How often the holder changed.</param>
public sealed record LeaseSpec(
    string? HolderIdentity = null,
    int? LeaseDurationSeconds = null,
    [property: JsonConverter(typeof(MicroTimeConverter))] DateTimeOffset? AcquireTime = null,
    [property: JsonConverter(typeof(MicroTimeConverter))] DateTimeOffset? RenewTime = null,
    int? LeaseTransitions = null);
