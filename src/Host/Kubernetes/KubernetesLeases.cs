using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Kubernetes.Calls;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>Leases of <c>coordination.k8s.io/v1</c> in our namespace, changed by <c>resourceVersion</c>.</summary>
/// <param name="kubernetes">The API server.</param>
/// <param name="patience">How long one call may take; less than a Lease's duration.</param>
internal sealed class KubernetesLeases(KubernetesConnection kubernetes, TimeSpan patience) : ILeaseStore
{
    /// <summary>The label of every Lease of ours, with the value <c>lease</c>.</summary>
    public const string Label = "cachemachine";

    /// <inheritdoc/>
    public Task<LeaseRecord?> ReadAsync(string name, CancellationToken cancellationToken) => AskAsync(
        Operation("get", name),
        token => kubernetes.Client.CoordinationV1.ReadNamespacedLeaseAsync(name, kubernetes.Namespace, cancellationToken: token),
        error => error.IsNotFound, cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        if (lease.Duration < TimeSpan.FromSeconds(1) || lease.Duration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"the duration of Lease {lease.Name} is {lease.Duration}, not whole seconds", nameof(lease));
        var (leases, ns) = (kubernetes.Client.CoordinationV1, kubernetes.Namespace);
        return lease.Version is null
            ? AskAsync(
                Operation("create", lease.Name), token => leases.CreateNamespacedLeaseAsync(ToObject(lease), ns, cancellationToken: token),
                error => error.IsAlreadyExists, cancellationToken)
            : AskAsync(
                Operation("update", lease.Name), token => leases.ReplaceNamespacedLeaseAsync(ToObject(lease), lease.Name, ns, cancellationToken: token),
                error => error.IsConflict || error.IsNotFound, cancellationToken);
    }

    private async Task<LeaseRecord?> AskAsync(
        ApiOperation operation, Func<CancellationToken, Task<V1Lease>> call, Func<ApiException, bool> isNull, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(patience, kubernetes.Time, cancellationToken);
        try
        {
            return ToRecord(await kubernetes.InWordsAsync(operation, deadline, () => call(deadline.Token)));
        }
        catch (ApiException e) when (isNull(e))
        {
            return null;
        }
        catch (ApiException e)
        {
            // An answer of 500 or above may come after the write: etcd was too slow to say so.
            var unknown = !operation.ReadsOnly && e.Failure.Code >= 500 ? "; whether the server carried it out is not known" : "";
            throw new LeaseStoreException(e.Message + unknown, e);
        }
    }

    private ApiOperation Operation(string verb, string name) => new(verb, "leases.coordination.k8s.io", kubernetes.Namespace, name);

    private V1Lease ToObject(LeaseRecord lease) => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta
        {
            Name = lease.Name,
            NamespaceProperty = kubernetes.Namespace,
            ResourceVersion = lease.Version?.Split('@')[0],
            // An update of a Lease that is gone would make it anew (its strategy allows to create on update), were it not for the uid.
            Uid = lease.Version?.Split('@')[1],
            Labels = new Dictionary<string, string> { [Label] = "lease" },
        },
        Spec = new V1LeaseSpec
        {
            HolderIdentity = lease.Holder,
            LeaseDurationSeconds = (int)lease.Duration.TotalSeconds,
            AcquireTime = lease.AcquiredAt.UtcDateTime,
            RenewTime = lease.RenewedAt.UtcDateTime,
            LeaseTransitions = lease.Transitions,
        },
    };

    // Somebody may have made or changed it by hand: what is not there is as in a Lease that nobody holds.
    private static LeaseRecord ToRecord(V1Lease lease) => new(
        lease.Metadata.Name,
        lease.Spec?.HolderIdentity is { Length: > 0 } holder ? holder : null,
        TimeSpan.FromSeconds(Math.Max(1, lease.Spec?.LeaseDurationSeconds ?? 1)),
        Time(lease.Spec?.AcquireTime),
        Time(lease.Spec?.RenewTime),
        lease.Spec?.LeaseTransitions ?? 0,
        $"{lease.Metadata.ResourceVersion}@{lease.Metadata.Uid}");

    private static DateTimeOffset Time(DateTime? time) => time is { } given ? new DateTimeOffset(given.ToUniversalTime()) : DateTimeOffset.UnixEpoch;
}
