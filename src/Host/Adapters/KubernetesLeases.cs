using CacheMachine.Actors.Ports;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Host.Adapters;

/// <summary>Leases of coordination.k8s.io/v1, in our namespace. Beside ours there may be others, and other clusters of replicas.</summary>
public sealed partial class KubernetesLeases : ILeaseStore
{
    // A replica decides by what its watch says: it must not be blind for long, and there are few replicas.
    private static readonly WatcherOptions Watching = new()
    {
        ServerTimeout = TimeSpan.FromSeconds(30),
        ClientGrace = TimeSpan.FromSeconds(3),
        MinBackoff = TimeSpan.FromMilliseconds(200),
        MaxBackoff = TimeSpan.FromSeconds(2),
    };

    private readonly KubernetesClient _client;
    private readonly string _ns;
    private readonly KubernetesLeaseObject _objects;
    private readonly PullOwner _owner;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger<KubernetesLeases> _logger;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="ns">Our namespace.</param>
    /// <param name="cluster">Name of the cluster of replicas: a DNS label of at most 40 characters, which the names of the objects begin with.</param>
    /// <param name="owner">Finds the workload that runs us, which owns the leases: an uninstall leaves none.</param>
    /// <param name="patience">How long one call may take; less than a lease's duration.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Says which objects are ignored.</param>
    public KubernetesLeases(
        KubernetesClient client, string ns, string cluster, PullOwner owner, TimeSpan patience, TimeProvider time, ILogger<KubernetesLeases> logger)
    {
        (_client, _ns, _owner, _patience, _time, _logger) = (client, ns, owner, patience, time, logger);
        _objects = new KubernetesLeaseObject(ns, cluster);
    }

    /// <inheritdoc/>
    public async Task WatchAsync(Action<LeaseChange> onChange, CancellationToken cancellationToken)
    {
        var watcher = new Watcher<Lease>(_client.Leases(_ns), new ListOptions(_objects.Selector), Watching);
        await foreach (var e in watcher.RunAsync(cancellationToken))
        {
            LeaseChange? change = e switch
            {
                WatchEvent<Lease>.Reset m => new LeaseChange.Listed([.. m.Items.Select(Record).OfType<LeaseRecord>()]),
                WatchEvent<Lease>.Added m => Written(m.Item),
                WatchEvent<Lease>.Modified m => Written(m.Item),
                WatchEvent<Lease>.Deleted m => _objects.LeaseOf(m.Item) is { } gone ? new LeaseChange.Deleted(gone) : null,
                WatchEvent<Lease>.Interrupted m => new LeaseChange.Interrupted(m.Error.ToString()),
                WatchEvent<Lease>.Connected => null,
                _ => throw new ArgumentOutOfRangeException(nameof(onChange), e, "a watch event of no known kind"),
            };
            if (change is not null)
                onChange(change);
        }
    }

    /// <inheritdoc/>
    public Task<LeaseRecord?> WriteAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Duration < TimeSpan.FromSeconds(1) || lease.Duration.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"the duration of lease {lease.Name} is {lease.Duration}, not whole seconds", nameof(lease));
        return InTimeAsync($"write lease {_ns}/{_objects.NameOf(lease.Name)}", async token =>
        {
            var wanted = _objects.ToObject(lease, await OwnerAsync(lease.Name, token));
            var leases = _client.Leases(_ns);
            var written = lease.Version is null ? await leases.CreateAsync(wanted, token) : await leases.ReplaceAsync(wanted, token);
            if (written.IsSuccess)
                return _objects.ToRecord(written.Value);
            return written.IsAlreadyExists || (lease.Version is not null && (written.IsConflict || written.IsNotFound)) ? null : throw Failed(written.Error);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string version, CancellationToken cancellationToken)
    {
        var (uid, resourceVersion) = KubernetesLeaseObject.Parse(version);
        return InTimeAsync<object?>($"delete lease {_ns}/{_objects.NameOf(name)}", async token =>
        {
            var deleted = await _client.Leases(_ns).DeleteAsync(
                _objects.NameOf(name), new DeleteOptions(Preconditions: new DeletePreconditions(uid, resourceVersion)), token);
            return deleted.IsSuccess || deleted.IsNotFound || deleted.IsConflict ? null : throw Failed(deleted.Error);
        }, cancellationToken);
    }

    private async Task<T> InTimeAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseException($"{operation}: no answer within {_patience.TotalSeconds:0.###} s; whether the server carried it out is not known", e);
        }
    }

    private async Task<OwnerReference?> OwnerAsync(string lease, CancellationToken cancellationToken)
    {
        try
        {
            return await _owner.FindAsync(_client, _ns, cancellationToken);
        }
        catch (PortException e)
        {
            throw new LeaseException($"write lease {_ns}/{_objects.NameOf(lease)}: it was not written, because its owner is not known: {e.Message}", e);
        }
    }

    private LeaseChange.Written? Written(Lease found) => Record(found) is { } record ? new LeaseChange.Written(record) : null;

    private LeaseRecord? Record(Lease found)
    {
        var record = _objects.ToRecord(found);
        if (record is null)
            LogForeign(_ns, found.Metadata.Name ?? "", _objects.Selector);
        return record;
    }

    // An answer of 500 or above may come after the write: etcd was too slow to say so.
    private static LeaseException Failed(ApiError error)
    {
        var certain = error.NeverSent || error.HttpStatus is >= 400 and < 500 || error.Reason is ApiErrorReason.CredentialsFailed;
        var known = certain ? "; it was not carried out" : error.OutcomeUnknown ? "" : "; whether the server carried it out is not known";
        return new LeaseException(error + known, new KubernetesApiException(error));
    }

    [LoggerMessage(LogLevel.Warning, "lease {Namespace}/{Name} has our labels ({Selector}) but no name of ours, and is ignored")]
    private partial void LogForeign(string @namespace, string name, string selector);
}
