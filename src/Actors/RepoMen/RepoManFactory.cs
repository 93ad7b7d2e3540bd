using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.RepoMen;

/// <summary>Makes the repository manager of a spec. A new kind is one spec, one <see cref="IRepoMan"/> and one line here.</summary>
/// <param name="registry">Where tags and digests come from.</param>
/// <param name="settings">How often to ask.</param>
public sealed class RepoManFactory(IRegistry registry, RepoManSettings settings)
{
    /// <summary>How often to ask, and how to back off.</summary>
    public RepoManSettings Settings { get; } = settings;

    /// <summary>The repository manager of <paramref name="spec"/>.</summary>
    public IRepoMan Create(RepoManSpec spec) => spec switch
    {
        SimpleRepoManSpec simple => new SimpleRepoMan(simple),
        RubinRepoManSpec rubin => new RubinRepoMan(rubin, registry, Settings.PollInterval),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.GetType().Name, "a repository manager of no known kind"),
    };
}

/// <summary>How often registries are asked.</summary>
/// <param name="PollInterval">Between two good answers.</param>
/// <param name="BackoffMin">After the first failure.</param>
/// <param name="BackoffMax">At most, after failures in a row.</param>
public sealed record RepoManSettings(TimeSpan PollInterval, TimeSpan BackoffMin, TimeSpan BackoffMax);
