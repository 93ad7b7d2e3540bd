using CacheMachine.Actors;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Host.Clustering.Fencing;

/// <summary>The cluster for a replica of several: what would change it is refused while others may do the same.</summary>
/// <param name="inner">The cluster.</param>
/// <param name="fence">Says whether.</param>
internal sealed class FencedPulls(IPulls inner, ReplicaFence fence) : IPulls
{
    /// <inheritdoc/>
    public Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken) =>
        IfOpenAsync($"make DaemonSet {order.Name}", () => inner.EnsurePullAsync(order, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken) =>
        IfOpenAsync($"delete DaemonSet {name}", () => inner.DeletePullAsync(name, cancellationToken));

    /// <inheritdoc/>
    public Task TellAsync(PullNews news, CancellationToken cancellationToken) => IfOpenAsync($"tell of DaemonSet {news.Pull}", async () =>
    {
        await inner.TellAsync(news, cancellationToken);
        return true;
    });

    private Task<T> IfOpenAsync<T>(string operation, Func<Task<T>> call) =>
        fence.WhyClosed() is { } why ? Task.FromException<T>(new PortException($"{operation}: nothing was done, because {why}")) : call();
}
