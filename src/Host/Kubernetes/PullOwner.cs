using CacheMachine.Actors;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// The workload that runs us, which owns our DaemonSets: a replica's death does not end pulls, and an uninstall leaves nothing. It is
/// asked for once; where the answer is that there is none, DaemonSets have no owner and the log says why.
/// </summary>
/// <param name="podName">Name of our pod; null where we run in none.</param>
/// <param name="logger">Says once what was found.</param>
internal sealed partial class PullOwner(string? podName, ILogger<PullOwner> logger)
{
    private OwnerLookup? _known;

    /// <summary>The owner, or null where there is none.</summary>
    /// <exception cref="PortException">It is not known yet: a DaemonSet without its owner would outlive us.</exception>
    public async Task<V1OwnerReference?> FindAsync(KubernetesConnection connection, CancellationToken cancellationToken)
    {
        if (podName is null)
            return null;
        var known = _known ?? await OwnerDiscovery.FindAsync(connection, podName, cancellationToken);
        if (known is OwnerLookup.Unknown { Retriable: true } later)
            throw new PortException($"find the owner of our DaemonSets: {later.Why}");
        if (Interlocked.CompareExchange(ref _known, known, null) is null)
        {
            if (known is OwnerLookup.Unknown none)
                LogNone(none.Why);
            else if (known is OwnerLookup.Found found)
                LogFound(found.Owner.Kind, found.Owner.Name);
        }
        return (known as OwnerLookup.Found)?.Owner;
    }

    [LoggerMessage(LogLevel.Information, "DaemonSets are owned by {Kind} {Name}")]
    private partial void LogFound(string kind, string name);

    [LoggerMessage(LogLevel.Warning, "DaemonSets have no owner, so an uninstall may leave some: {Why}")]
    private partial void LogNone(string why);
}
