using System.Collections.Immutable;
using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a RubinRepoMan: the newest images of a repository. Without a registry it is Docker Hub, as in the older service.</summary>
internal static class RubinRepoManReader
{
    private const int MaxImages = 1000;
    private const int MaxCycle = 1_000_000;
    private const int MaxAliasTags = 100;

    private static readonly string[] Fields =
    [
        "type", "repo", "registry_url", "recommended_tag", "num_releases", "num_weeklies", "num_dailies", "cycle", "alias_tags",
    ];

    public static RubinRepoManSpec? Read(SpecValue value)
    {
        if (value.AsObject(Fields) is not { } repoMan)
            return null;
        var spec = new RubinRepoManSpec
        {
            Repo = repoMan.Required("repo")?.AsText(SpecRules.Repository) ?? "",
            // The older service took null and the empty text for "none".
            RecommendedTag = repoMan.OptionalOrNull("recommended_tag")?.AsText(t => t.Length == 0 ? null : SpecRules.Tag(t)) is { Length: > 0 } tag ? tag : null,
            NumReleases = repoMan.Required("num_releases")?.AsInteger(0, MaxImages) ?? 0,
            NumWeeklies = repoMan.Required("num_weeklies")?.AsInteger(0, MaxImages) ?? 0,
            NumDailies = repoMan.Required("num_dailies")?.AsInteger(0, MaxImages) ?? 0,
            Cycle = repoMan.OptionalOrNull("cycle")?.AsInteger(0, MaxCycle),
            AliasTags = ReadTags(repoMan.Optional("alias_tags")),
        };
        return repoMan.Optional("registry_url")?.AsText(SpecRules.RegistryUrl) is { } registry ? spec with { RegistryUrl = registry } : spec;
    }

    private static ImmutableArray<string> ReadTags(SpecValue? value) =>
        [.. (value?.AsArray(MaxAliasTags) ?? []).Select(element => element.AsText(SpecRules.Tag)).OfType<string>()];
}
