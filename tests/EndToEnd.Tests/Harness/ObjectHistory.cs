using System.Collections.Concurrent;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Watching;
using k8s;
using k8s.Models;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// Keeps every version of some objects that a watch tells of, so that a test can say what was never so. Versions that came and went while the
/// API server could not be reached are told as well: a watch goes on where it was interrupted.
/// </summary>
internal sealed class ObjectHistory<T> : IAsyncDisposable
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ConcurrentQueue<Version> _versions = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    public ObjectHistory(KubernetesConnection connection, WatchedKind kind) => _watch = new Follower<T, T>(
        connection, kind, new KubernetesClientConfiguration().JsonSerializerOptions, item => item.Metadata.ResourceVersion, item => item).RunAsync(Keep, _end.Token);

    /// <summary>In the order in which they were seen; the last one of an object that was deleted is there twice.</summary>
    public IReadOnlyCollection<Version> Versions => [.. _versions];

    /// <summary>The objects of all versions.</summary>
    public IReadOnlyCollection<T> Items => [.. _versions.Select(version => version.Item)];

    /// <summary>What there is now, as far as the watch has told.</summary>
    public IReadOnlyCollection<T> Present =>
    [
        .. _versions.GroupBy(version => version.Item.Metadata.Name, StringComparer.Ordinal).Select(group => group.Last())
            .Where(last => !last.IsDeleted).Select(last => last.Item),
    ];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private void Keep(Followed<T> told)
    {
        switch (told)
        {
            case Followed<T>.Listed list:
                foreach (var gone in Present.Where(item => list.Items.All(listed => listed.Metadata.Name != item.Metadata.Name)))
                    Keep(gone, deleted: true);
                foreach (var item in list.Items)
                    Keep(item);
                break;
            case Followed<T>.Changed changed:
                Keep(changed.Item);
                break;
            case Followed<T>.Deleted deleted:
                Keep(deleted.Item, deleted: true);
                break;
        }
    }

    private void Keep(T item, bool deleted = false) => _versions.Enqueue(new Version(TimeProvider.System.GetTimestamp(), item, deleted));

    /// <summary>What an object was like.</summary>
    /// <param name="Seen">When the test was told, as <see cref="TimeProvider.GetTimestamp"/> of the system's clock.</param>
    /// <param name="Item">The object.</param>
    /// <param name="IsDeleted">Whether this was its end.</param>
    internal sealed record Version(long Seen, T Item, bool IsDeleted);
}
