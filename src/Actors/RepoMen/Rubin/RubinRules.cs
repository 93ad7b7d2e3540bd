namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>Which images of one Rubin repository are wanted.</summary>
/// <param name="Registry">Host with its port if it has one; goes into image URLs as it is.</param>
/// <param name="Repo">Repository path, for example <c>lsstsqre/sciplat-lab</c>.</param>
/// <param name="RecommendedTag">The alias that goes to the front of the desired list; null or empty for none.</param>
/// <param name="NumReleases">How many of the newest releases (no candidates); 0 or more.</param>
/// <param name="NumWeeklies">How many of the newest weeklies; 0 or more.</param>
/// <param name="NumDailies">How many of the newest dailies; 0 or more.</param>
/// <param name="Cycle">Only images of this SAL XML cycle count; null for all images.</param>
/// <param name="AliasTags">Further tags that move from image to image; each is desired.</param>
public sealed record RubinRules(
    string Registry,
    string Repo,
    string? RecommendedTag,
    int NumReleases,
    int NumWeeklies,
    int NumDailies,
    int? Cycle,
    IReadOnlyList<string> AliasTags)
{
    /// <summary>The registry of a specification that names none.</summary>
    public const string DefaultRegistry = "registry.hub.docker.com";

    /// <summary>The image URL of a tag, <c>registry/repo:tag</c>.</summary>
    public string ImageUrl(string tag) => $"{Registry}/{Repo}:{tag}";

    /// <summary>The alias tags and the recommended tag, which is an alias by its nature.</summary>
    public IReadOnlySet<string> Aliases()
    {
        var aliases = new HashSet<string>(AliasTags, StringComparer.Ordinal);
        if (!string.IsNullOrEmpty(RecommendedTag)) aliases.Add(RecommendedTag);
        return aliases;
    }
}
