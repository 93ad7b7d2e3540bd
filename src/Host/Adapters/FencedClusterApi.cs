using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Ports;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Host.Adapters;

/// <summary>The cluster for one actor, as long as this replica owns it: one that lost its shard without noticing changes nothing.</summary>
/// <param name="inner">The cluster.</param>
/// <param name="who">The actor, in errors.</param>
/// <param name="isOwned">Whether this replica owns it at this moment.</param>
internal sealed class FencedClusterApi(IClusterApi inner, string who, Func<bool> isOwned) : IClusterApi
{
    public Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken) => inner.WatchAsync(onChange, cancellationToken);

    public Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken) =>
        isOwned() ? inner.EnsurePullAsync(order, cancellationToken) : Refuse<EnsuredPull>($"make daemonset {order.Name}");

    public Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken) =>
        isOwned() ? inner.DeletePullAsync(name, cancellationToken) : Refuse<bool>($"delete daemonset {name}");

    public Task TellAsync(PullNews news, CancellationToken cancellationToken) =>
        isOwned() ? inner.TellAsync(news, cancellationToken) : Refuse<bool>($"tell of daemonset {news.Pull}");

    private Task<T> Refuse<T>(string operation) =>
        Task.FromException<T>(new PortException($"{operation}: this replica does not own {who} any more, so nothing was done"));
}
