namespace CacheMachine.Actors.Nodes;

/// <summary>What the cluster looks like, as the actors need it.</summary>
public interface IClusterWatch
{
    /// <summary>
    /// Lists and watches nodes, pull pods and DaemonSets until cancelled, and resumes by itself after broken connections.
    /// Each kind begins with its complete list. <paramref name="onChange"/> is called from any thread, in order for each kind.
    /// </summary>
    /// <returns>A task that ends only when cancelled, or fails where watching again makes no sense.</returns>
    Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken);
}
