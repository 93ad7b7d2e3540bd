namespace CacheMachine.Actors.Pulling;

/// <summary>The DaemonSets that pull, as the actors need them. Every call fails with <see cref="PortException"/>, which says whether and when to try again.</summary>
public interface IPulls
{
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

/// <summary>What <see cref="IPulls.EnsurePullAsync"/> found.</summary>
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
