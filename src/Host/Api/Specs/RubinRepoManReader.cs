using System.Collections.Immutable;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads <c>RubinRepoMan</c>: the newest images of a repository whose tags follow Rubin's rules.</summary>
internal static class RubinRepoManReader
{
    private const int MaxImages = 1000, MaxCycle = 9999, MaxAliasTags = 100;

    private static readonly ImmutableArray<string> Fields =
    [
        RepoManReader.TypeField, "registry_url", "repo", "recommended_tag", "num_releases", "num_weeklies", "num_dailies", "cycle", "alias_tags",
    ];

    public static RepoManSpec? Read(SpecValue value, SpecPolicy policy)
    {
        if (value.Object(Fields) is not { } rubin)
            return null;
        var spec = new RubinRepoManSpec
        {
            Repo = rubin.Required("repo")?.Text(SpecRules.Repository) ?? "",
            RecommendedTag = rubin.Optional("recommended_tag")?.Text(text => text.Length == 0 ? null : SpecRules.Tag(text)) is { Length: > 0 } tag ? tag : null,
            NumReleases = Count("num_releases"),
            NumWeeklies = Count("num_weeklies"),
            NumDailies = Count("num_dailies"),
            Cycle = rubin.Optional("cycle")?.Integer(0, MaxCycle),
            AliasTags = rubin.Optional("alias_tags")?.List(0, MaxAliasTags, alias => alias.Text(SpecRules.Tag)) ?? [],
        };
        if (rubin.Optional("registry_url") is { } registry)
            return spec with { RegistryUrl = registry.Text(text => SpecRules.Registry(text) ?? policy.Registry(text)) };
        if (policy.Registry(spec.RegistryUrl) is { } rule)
            rubin.Refuse("registry_url", $"is {spec.RegistryUrl} where it is left out, and {rule}");
        return spec;

        int Count(string field) => rubin.Required(field)?.Integer(0, MaxImages) ?? 0;
    }
}
