namespace CacheMachine.Actors.RepoMen.Rubin;

// Which digests are worth asking the registry for: each one costs a request.
public static partial class RubinSelection
{
    private static readonly RubinTagType[] CandidateTypes =
        [RubinTagType.Release, RubinTagType.Weekly, RubinTagType.Daily, RubinTagType.ReleaseCandidate];

    /// <summary>The alias tags that the repository has, the recommended one first. They move: ask for their digests at every poll, before all others.</summary>
    public static IReadOnlyList<string> AliasTags(RubinRules rules, IReadOnlyCollection<string> tags)
    {
        var aliases = rules.Aliases();
        return [.. tags
            .Where(aliases.Contains)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(tag => tag != rules.RecommendedTag)
            .ThenByDescending(tag => tag, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The next tags (aliases apart) to ask digests for, most worth first: the desired ones, known or not, as a tag can be
    /// pushed again; then, while a known alias digest belongs to no known build, builds without a known digest, newest first,
    /// releases, weeklies, dailies and candidates in turn, experimental builds last. Call it again with the answers until it is empty.
    /// </summary>
    /// <param name="rules">What is wanted.</param>
    /// <param name="tags">All tags of the repository, in any order.</param>
    /// <param name="knownDigests">Digest by tag, aliases included.</param>
    /// <param name="asked">The tags asked in this poll, answered or not: none is asked twice.</param>
    /// <param name="budget">The most tags to name.</param>
    public static IReadOnlyList<string> TagsToResolve(
        RubinRules rules,
        IReadOnlyCollection<string> tags,
        IReadOnlyDictionary<string, string> knownDigests,
        IReadOnlySet<string> asked,
        int budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        var eligible = Eligible(rules, tags, knownDigests);
        var wanted = Pick(rules, eligible).Where(tag => tag.Type != RubinTagType.Alias).Select(tag => tag.Tag);
        if (HasUnresolvedAlias(rules, tags, knownDigests))
            wanted = wanted.Concat(Candidates(eligible).Where(tag => !knownDigests.ContainsKey(tag)));
        return [.. wanted.Where(tag => !asked.Contains(tag)).Distinct(StringComparer.Ordinal).Take(budget)];
    }

    private static bool HasUnresolvedAlias(
        RubinRules rules, IReadOnlyCollection<string> tags, IReadOnlyDictionary<string, string> knownDigests)
    {
        var aliases = rules.Aliases();
        var builds = knownDigests.Where(pair => RubinTag.Parse(pair.Key, aliases).IsRecognized).Select(pair => pair.Value).ToHashSet(StringComparer.Ordinal);
        return AliasTags(rules, tags).Any(alias => knownDigests.TryGetValue(alias, out var digest) && !builds.Contains(digest));
    }

    // In turn: an alias is as likely to be the third weekly as the third release. Under a cycle only its own builds can matter.
    private static IEnumerable<string> Candidates(IReadOnlyCollection<RubinTag> eligible) =>
        CandidateTypes
            .SelectMany((type, turn) => Newest(eligible, type).Select((tag, age) => (tag.Tag, age, turn)))
            .OrderBy(candidate => (candidate.age, candidate.turn))
            .Select(candidate => candidate.Tag)
            .Concat(Newest(eligible, RubinTagType.Experimental).Select(tag => tag.Tag));
}
