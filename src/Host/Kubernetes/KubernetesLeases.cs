using System.Net;
using CacheMachine.Host.Clustering.Leases;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>Leases of <c>coordination.k8s.io/v1</c> in one namespace, changed by <c>resourceVersion</c>.</summary>
/// <param name="client">The API server.</param>
/// <param name="ns">The namespace.</param>
/// <param name="patience">How long one call may take; less than a Lease's duration.</param>
/// <param name="time">Clock.</param>
internal sealed class KubernetesLeases(IKubernetes client, string ns, TimeSpan patience, TimeProvider time) : ILeaseStore
{
    /// <summary>The label of every Lease of ours, with the value <c>lease</c>.</summary>
    public const string Label = "cachemachine";

    /// <inheritdoc/>
    public Task<LeaseRecord?> ReadAsync(string name, CancellationToken cancellationToken) => AskAsync($"read Lease {ns}/{name}", isWrite: false, async token =>
    {
        try
        {
            return ToRecord(await client.CoordinationV1.ReadNamespacedLeaseAsync(name, ns, cancellationToken: token));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        if (lease.Duration < TimeSpan.FromSeconds(1) || lease.Duration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"the duration of Lease {lease.Name} is {lease.Duration}, not whole seconds", nameof(lease));
        return AskAsync($"write Lease {ns}/{lease.Name}", isWrite: true, async token =>
        {
            try
            {
                return ToRecord(lease.Version is null
                    ? await client.CoordinationV1.CreateNamespacedLeaseAsync(ToObject(lease), ns, cancellationToken: token)
                    : await client.CoordinationV1.ReplaceNamespacedLeaseAsync(ToObject(lease), lease.Name, ns, cancellationToken: token));
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict
                || (e.Response.StatusCode == HttpStatusCode.NotFound && lease.Version is not null && IsOfTheLease(e, lease.Name)))
            {
                return null;
            }
        }, cancellationToken);
    }

    private async Task<LeaseRecord?> AskAsync(string operation, bool isWrite, Func<CancellationToken, Task<LeaseRecord?>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var unknown = isWrite ? "; whether the server carried it out is not known" : "";
        try
        {
            return await call(either.Token);
        }
        catch (HttpOperationException e)
        {
            // A 5xx may come after the write: etcd was too slow to say so.
            var known = !isWrite ? "" : (int)e.Response.StatusCode is >= 400 and < 500 ? "; it was not carried out" : unknown;
            throw new LeaseStoreException($"{operation}: {(int)e.Response.StatusCode} {Words(e)}{known}", e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && limit.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException)
        {
            throw new LeaseStoreException($"{operation}: no answer within {patience.TotalSeconds:0.###} s{unknown}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            throw new LeaseStoreException($"{operation}: {e.GetBaseException().Message}{unknown}", e);
        }
    }

    private V1Lease ToObject(LeaseRecord lease) => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta
        {
            Name = lease.Name,
            NamespaceProperty = ns,
            ResourceVersion = lease.Version,
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
        lease.Metadata.ResourceVersion);

    private static DateTimeOffset Time(DateTime? time) => time is { } given ? new DateTimeOffset(given.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    // A namespace that is not there is a 404, too.
    private static bool IsOfTheLease(HttpOperationException e, string name) => Status(e)?.Details?.Name == name;

    private static string Words(HttpOperationException e) => Status(e)?.Message is { Length: > 0 } message ? message : e.Response.ReasonPhrase ?? "";

    private static V1Status? Status(HttpOperationException e)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(e.Response.Content);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
