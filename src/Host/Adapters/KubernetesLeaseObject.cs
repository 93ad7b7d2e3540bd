using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Host.Adapters;

/// <summary>A lease as a Kubernetes object, and back.</summary>
/// <param name="ns">Our namespace.</param>
/// <param name="prefix">What the names of our leases begin with, before a hyphen; also the value of <see cref="ClusterLabel"/>.</param>
internal sealed class KubernetesLeaseObject(string ns, string prefix)
{
    /// <summary>Label with the name of the cluster of replicas.</summary>
    public const string ClusterLabel = "cachemachine-cluster";

    /// <summary>The value of <see cref="PullDaemonSet.PullLabel"/>.</summary>
    public const string LabelValue = "lease";

    /// <summary>Annotation with the place where the holder takes messages.</summary>
    public const string AddressAnnotation = "cachemachine.io/address";

    /// <summary>Matches all leases of this cluster of replicas.</summary>
    public string Selector => $"{PullDaemonSet.PullLabel}={LabelValue},{ClusterLabel}={prefix}";

    /// <summary>Name of the object.</summary>
    public string NameOf(string lease) => $"{prefix}-{lease}";

    /// <summary>The object to write.</summary>
    public Lease ToObject(LeaseRecord lease, OwnerReference? owner)
    {
        var (uid, resourceVersion) = lease.Version is { } version ? Parse(version) : (null, null);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["app.kubernetes.io/component"] = "lease",
            [PullDaemonSet.InstanceLabel] = NameOf(lease.Name),
            ["app.kubernetes.io/managed-by"] = "cachemachine",
            ["app.kubernetes.io/name"] = "cachemachine",
            [PullDaemonSet.PullLabel] = LabelValue,
            [ClusterLabel] = prefix,
        };
        return new Lease(
            new ObjectMeta(
                Name: NameOf(lease.Name), Namespace: ns, Uid: uid, ResourceVersion: resourceVersion, Labels: labels,
                Annotations: lease.Holder is not null && lease.Address is { } address ? new Dictionary<string, string> { [AddressAnnotation] = address } : null,
                OwnerReferences: owner is null ? null : [owner]),
            new LeaseSpec(lease.Holder, (int)lease.Duration.TotalSeconds, lease.AcquiredAt, lease.RenewedAt, lease.Transitions));
    }

    /// <summary>
    /// The lease that an object stands for. One whose spec somebody has spoiled is held by nobody, so that it is taken and written anew.
    /// Null for an object whose name is none of ours.
    /// </summary>
    public LeaseRecord? ToRecord(Lease found)
    {
        if (LeaseOf(found) is not { } name)
            return null;
        var spec = found.Spec ?? new LeaseSpec();
        var duration = spec.LeaseDurationSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var holder = duration is not null && spec.HolderIdentity is { Length: > 0 } who ? who : null;
        return new LeaseRecord(
            name, holder, holder is null ? null : found.Metadata.Annotations?.GetValueOrDefault(AddressAnnotation), duration ?? TimeSpan.FromSeconds(1),
            spec.AcquireTime ?? default, spec.RenewTime ?? default, spec.LeaseTransitions ?? 0, $"{found.Metadata.Uid}/{found.Metadata.ResourceVersion}");
    }

    /// <summary>Which lease an object is, by its name; null for none of ours.</summary>
    public string? LeaseOf(Lease found) =>
        found.Metadata.Name is { } name && name.Length > prefix.Length + 1 && name[prefix.Length] == '-' && name.StartsWith(prefix, StringComparison.Ordinal)
            ? name[(prefix.Length + 1)..]
            : null;

    /// <summary>
    /// The two halves of a version. The uid is part of it because the API server creates a Lease that is replaced and not there, whatever its
    /// resourceVersion, but not where a uid is given.
    /// </summary>
    public static (string Uid, string ResourceVersion) Parse(string version) =>
        version.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            ? (version[..slash], version[(slash + 1)..])
            : throw new ArgumentException($"'{version}' is no version of a lease", nameof(version));
}
