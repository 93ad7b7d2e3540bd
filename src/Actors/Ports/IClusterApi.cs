using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Ports;

/// <summary>The cluster as the actors need it. Every call fails with <see cref="PortException"/>, which says whether and when to try again.</summary>
public interface IClusterApi
{
    /// <summary>
    /// Lists and watches nodes, pull pods and DaemonSets until cancelled, and resumes by itself after broken connections.
    /// Each kind begins with its complete list. <paramref name="onChange"/> is called from any thread, in order for each kind.
    /// </summary>
    /// <returns>A task that ends only when cancelled, or fails where watching again makes no sense.</returns>
    Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken);

    /// <summary>
    /// Makes sure that the DaemonSet of <paramref name="order"/> exists and covers its targets: creates it, adopts the one that is
    /// there under its name, or changes the targets of that one.
    /// </summary>
    Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken);

    /// <summary>Deletes a DaemonSet and its pods. One that is gone already is no error.</summary>
    /// <returns>True where there was one.</returns>
    Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken);

    /// <summary>Tells an operator, as an event of the workload that runs us, or of the DaemonSet where there is none.</summary>
    Task TellAsync(PullNews news, CancellationToken cancellationToken);
}

/// <summary>What <see cref="IClusterApi.EnsurePullAsync"/> found.</summary>
/// <param name="Uid"><c>metadata.uid</c> of the DaemonSet.</param>
/// <param name="How">Whether it was made, found or changed.</param>
public sealed record EnsuredPull(string Uid, EnsuredHow How);

/// <summary>How a DaemonSet came to be what was ordered.</summary>
public enum EnsuredHow
{
    /// <summary>It was made.</summary>
    Created,

    /// <summary>It was there as ordered.</summary>
    Adopted,

    /// <summary>It was there with other targets, and was changed.</summary>
    Retargeted,
}
