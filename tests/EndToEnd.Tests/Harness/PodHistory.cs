using System.Collections.Concurrent;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Keeps every version of the pods that a watch tells of, so that a test can say what was never so.</summary>
internal sealed class PodHistory : IAsyncDisposable
{
    private readonly ConcurrentQueue<Pod> _pods = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    public PodHistory(KubernetesClient client, string ns, string labels) => _watch = FollowAsync(new Watcher<Pod>(client.Pods(ns), new ListOptions(labels)));

    /// <summary>In the order in which they were seen.</summary>
    public IReadOnlyCollection<Pod> Pods => [.. _pods];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task FollowAsync(Watcher<Pod> watcher)
    {
        await foreach (var change in watcher.RunAsync(_end.Token))
        {
            foreach (var pod in change switch
            {
                WatchEvent<Pod>.Reset m => m.Items,
                WatchEvent<Pod>.Added m => [m.Item],
                WatchEvent<Pod>.Modified m => [m.Item],
                _ => [],
            })
                _pods.Enqueue(pod);
        }
    }
}
