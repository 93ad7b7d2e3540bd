using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Kubernetes.Tests.Support;

internal static class Collected
{
    /// <summary>Far above what any test needs; only a hung test comes to it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The events up to the first that fulfils the condition; then the watcher is stopped.</summary>
    public static async Task<List<WatchEvent<T>>> UntilAsync<T>(this Watcher<T> watcher, Func<WatchEvent<T>, bool> last)
        where T : class, IKubernetesObject
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var events = new List<WatchEvent<T>>();
        await foreach (var change in watcher.RunAsync(patience.Token))
        {
            events.Add(change);
            if (last(change))
                break;
        }

        return events;
    }

    /// <summary>One short word an event, for comparing whole sequences.</summary>
    public static string Word(this WatchEvent<Node> change) => change switch
    {
        WatchEvent<Node>.Reset reset => $"Reset({string.Join(",", reset.Items.Select(n => n.Metadata.Name))}@{reset.ResourceVersion})",
        WatchEvent<Node>.Added added => $"Added({added.Item.Metadata.Name})",
        WatchEvent<Node>.Modified modified => $"Modified({modified.Item.Metadata.Name})",
        WatchEvent<Node>.Deleted deleted => $"Deleted({deleted.Item.Metadata.Name})",
        WatchEvent<Node>.Connected connected => $"Connected({connected.ResourceVersion})",
        WatchEvent<Node>.Interrupted interrupted => $"Interrupted({interrupted.Error.Reason})",
        _ => throw new InvalidOperationException(change.ToString()),
    };
}
