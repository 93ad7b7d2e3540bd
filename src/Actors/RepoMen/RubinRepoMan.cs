using CacheMachine.Actors.RepoMen.Rubin;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.RepoMen;

/// <summary>
/// The newest images of a repository that is tagged by Rubin's rules. Asks for the tags, then for the digests that matter: of alias tags
/// and desired ones each time, of others only until each alias is known by its other name; those are remembered.
/// </summary>
public sealed class RubinRepoMan : IRepoMan
{
    /// <summary>Digests asked for in one poll at most, so that a repository of thousands of tags is learned over several polls.</summary>
    public const int DigestsPerPoll = 200;

    private const int AtOnce = 8;

    private readonly RubinRules _rules;
    private readonly IRegistry _registry;
    private readonly Dictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <param name="spec">What is wanted.</param>
    /// <param name="registry">Where to ask.</param>
    /// <param name="pollInterval">How long a list stays good.</param>
    public RubinRepoMan(RubinRepoManSpec spec, IRegistry registry, TimeSpan pollInterval)
    {
        _registry = registry;
        PollInterval = pollInterval;
        _rules = new(
            spec.RegistryUrl, spec.Repo, spec.RecommendedTag, spec.NumReleases, spec.NumWeeklies, spec.NumDailies, spec.Cycle, spec.AliasTags);
    }

    /// <inheritdoc/>
    public string Source => $"{_rules.Registry}/{_rules.Repo}";

    /// <inheritdoc/>
    public TimeSpan? PollInterval { get; }

    /// <inheritdoc/>
    public async Task<RepoList> ListAsync(CancellationToken cancellationToken)
    {
        var tags = await _registry.ListTagsAsync(_rules.Registry, _rules.Repo, cancellationToken);
        foreach (var gone in _digests.Keys.Except(tags, StringComparer.Ordinal).ToList())
            _digests.Remove(gone);

        var asked = new HashSet<string>(StringComparer.Ordinal);
        await AskAsync(RubinSelection.AliasTags(_rules, tags), asked, cancellationToken);
        while (asked.Count < DigestsPerPoll)
        {
            var next = RubinSelection.TagsToResolve(_rules, tags, _digests, asked, Math.Min(AtOnce, DigestsPerPoll - asked.Count));
            if (next.Count == 0)
                break;
            await AskAsync(next, asked, cancellationToken);
        }

        var (desired, all) = RubinSelection.Select(_rules, tags, _digests);
        return new([.. desired], [.. all]);
    }

    private async Task AskAsync(IReadOnlyList<string> tags, HashSet<string> asked, CancellationToken cancellationToken)
    {
        foreach (var some in tags.Chunk(AtOnce))
        {
            var digests = await Task.WhenAll(some.Select(tag => _registry.GetDigestAsync(_rules.Registry, _rules.Repo, tag, cancellationToken)));
            foreach (var (tag, digest) in some.Zip(digests))
            {
                asked.Add(tag);
                if (digest is null)
                    _digests.Remove(tag);
                else
                    _digests[tag] = digest;
            }
        }
    }
}
