using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>Picks the images that <see cref="RubinRules"/> want out of the tags of a repository. Pure: the caller asks the registry.</summary>
public static partial class RubinSelection
{
    // The order in which the kinds follow the aliases in the desired list.
    private static readonly RubinTagType[] PulledTypes = [RubinTagType.Release, RubinTagType.Weekly, RubinTagType.Daily];

    /// <summary>
    /// Desired: the recommended tag, the other aliases in reverse order of their tags, then the newest releases, weeklies and
    /// dailies. All: every tag (of the cycle, if the rules have one) in reverse ordinal order, named by its tag.
    /// An alias carries the names of the builds that it points to in brackets, as far as <paramref name="digestByTag"/> knows them.
    /// </summary>
    /// <param name="rules">What is wanted.</param>
    /// <param name="tags">All tags of the repository, in any order.</param>
    /// <param name="digestByTag">Digests as far as they are known; an image whose tag is missing here gets no hash.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count of the rules is negative.</exception>
    public static (IReadOnlyList<DesiredImage> Desired, IReadOnlyList<DesiredImage> All) Select(
        RubinRules rules, IReadOnlyCollection<string> tags, IReadOnlyDictionary<string, string> digestByTag)
    {
        var eligible = Eligible(rules, tags, digestByTag);
        return (
            [.. Pick(rules, eligible).Select(tag => Image(rules, tag, tag.DisplayName, digestByTag))],
            [.. eligible.Select(tag => Image(rules, tag, tag.Tag, digestByTag))]);
    }

    private static DesiredImage Image(RubinRules rules, RubinTag tag, string name, IReadOnlyDictionary<string, string> digestByTag) =>
        new(rules.ImageUrl(tag.Tag), digestByTag.GetValueOrDefault(tag.Tag), name);

    // The tags that count, in reverse ordinal order: this order decides between builds of one version.
    private static List<RubinTag> Eligible(
        RubinRules rules, IReadOnlyCollection<string> tags, IReadOnlyDictionary<string, string> digestByTag)
    {
        var aliases = rules.Aliases();
        var tagsByDigest = digestByTag.ToLookup(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        return [.. tags
            .Distinct(StringComparer.Ordinal)
            .OrderDescending(StringComparer.Ordinal)
            .Select(tag => RubinTag.Parse(tag, aliases))
            .Select(tag => tag.Type == RubinTagType.Alias && digestByTag.TryGetValue(tag.Tag, out var digest)
                ? ResolveAlias(tag, tagsByDigest[digest].Select(other => RubinTag.Parse(other, aliases)), rules.Cycle)
                : tag)
            .Where(tag => rules.Cycle is null || tag.Cycle == rules.Cycle)];
    }

    // An alias is of the cycle of the builds it points to. Builds of one digest should agree; if they do not, the wanted
    // cycle decides, then the highest. Cycle 0 says nothing.
    private static RubinTag ResolveAlias(RubinTag alias, IEnumerable<RubinTag> sameDigest, int? wantedCycle)
    {
        var others = sameDigest.ToList();
        var names = others.Where(other => other.IsRecognized).Select(other => other.DisplayName).OrderDescending(StringComparer.Ordinal).ToList();
        var cycles = others.Where(other => other.Cycle > 0).Select(other => other.Cycle).ToList();
        return alias with
        {
            DisplayName = names.Count == 0 ? alias.DisplayName : $"{alias.DisplayName} ({string.Join(", ", names)})",
            Cycle = cycles.Count == 0 ? alias.Cycle : cycles.Contains(wantedCycle) ? wantedCycle : cycles.Max(),
        };
    }

    private static IEnumerable<RubinTag> Pick(RubinRules rules, IReadOnlyCollection<RubinTag> eligible)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rules.NumReleases);
        ArgumentOutOfRangeException.ThrowIfNegative(rules.NumWeeklies);
        ArgumentOutOfRangeException.ThrowIfNegative(rules.NumDailies);

        var aliases = eligible.Where(tag => tag.Type == RubinTagType.Alias).OrderBy(tag => tag.Tag != rules.RecommendedTag);
        return aliases.Concat(PulledTypes.SelectMany(type => Newest(eligible, type).Take(Count(rules, type))));
    }

    private static int Count(RubinRules rules, RubinTagType type) => type switch
    {
        RubinTagType.Release => rules.NumReleases,
        RubinTagType.Weekly => rules.NumWeeklies,
        _ => rules.NumDailies,
    };

    // A stable sort: builds of one version keep the reverse ordinal order of their tags.
    private static IEnumerable<RubinTag> Newest(IEnumerable<RubinTag> tags, RubinTagType type) =>
        tags.Where(tag => tag.Type == type).OrderDescending(Comparer<RubinTag>.Create(RubinTag.Compare));
}
