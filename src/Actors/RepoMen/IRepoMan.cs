using System.Collections.Immutable;
using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.RepoMen;

/// <summary>A repository manager: turns its spec into an ordered list of images, again and again.</summary>
public interface IRepoMan
{
    /// <summary>What it lists, for people: <c>registry/repository</c>.</summary>
    string Source { get; }

    /// <summary>How long a list stays good; null where it never changes.</summary>
    TimeSpan? PollInterval { get; }

    /// <summary>Asks for the list as it is now.</summary>
    /// <exception cref="PortException">The registry did not answer properly; the last good list stays in use.</exception>
    Task<RepoList> ListAsync(CancellationToken cancellationToken);
}

/// <summary>What a repository manager found.</summary>
/// <param name="Desired">To be pulled, in the order of priority.</param>
/// <param name="All">Everything that a user may be offered, for display.</param>
public sealed record RepoList(ImmutableArray<DesiredImage> Desired, ImmutableArray<DesiredImage> All)
{
    /// <summary>Nothing.</summary>
    public static RepoList Empty { get; } = new([], []);

    /// <summary>The same images in the same order.</summary>
    public bool Equals(RepoList? other) => other is not null && Desired.SequenceEqual(other.Desired) && All.SequenceEqual(other.All);

    /// <summary>By the number of images; enough to tell most apart.</summary>
    public override int GetHashCode() => HashCode.Combine(Desired.Length, All.Length);
}
