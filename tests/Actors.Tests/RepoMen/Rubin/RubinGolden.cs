using System.Text.Json;
using System.Text.Json.Serialization;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.RepoMen.Rubin;

namespace CacheMachine.Actors.Tests.RepoMen.Rubin;

/// <summary>
/// What cachemachine 1.2.3 answers for the same repository and settings, recorded by running it with every known digest
/// in its cache. An image is one line: URL, hash or "-", name.
/// </summary>
internal static class RubinGolden
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IEnumerable<GoldenCase> Cases(string file)
    {
        var repository = Read<GoldenRepository>(file);
        return repository.Cases.Select(one => one with { Tags = one.Tags ?? repository.Tags, Digests = one.Digests ?? repository.Digests });
    }

    public static T Read<T>(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "RepoMen/Rubin/golden"))) folder = folder.Parent;
        using var stream = File.OpenRead(Path.Combine(folder!.FullName, "RepoMen/Rubin/golden", file));
        return JsonSerializer.Deserialize<T>(stream, Options)!;
    }

    public static IEnumerable<string> Lines(IEnumerable<DesiredImage> images) =>
        images.Select(image => $"{image.ImageUrl} {image.ImageHash ?? "-"} {image.Name}");

    // The old service writes "Recommended ()" when none of the tags of a digest is a build: a defect that is not kept.
    public static IEnumerable<string> WithoutEmptyBrackets(IEnumerable<string> lines) =>
        lines.Select(line => line.EndsWith(" ()", StringComparison.Ordinal) ? line[..^3] : line);
}

internal sealed record GoldenRepository(IReadOnlyList<string>? Tags, IReadOnlyDictionary<string, string>? Digests, IReadOnlyList<GoldenCase> Cases);

internal sealed record GoldenCase(
    string Name,
    GoldenSettings Settings,
    IReadOnlyList<string>? Tags,
    IReadOnlyDictionary<string, string>? Digests,
    IReadOnlyList<string>? Known,
    IReadOnlyList<string> Desired,
    IReadOnlyList<string> All)
{
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> KnownDigests =>
        Known is null ? Digests! : Known.ToDictionary(tag => tag, tag => Digests![tag], StringComparer.Ordinal);
}

internal sealed record GoldenSettings(
    string? RegistryUrl,
    string Repo,
    string? RecommendedTag,
    int NumReleases,
    int NumWeeklies,
    int NumDailies,
    int? Cycle,
    IReadOnlyList<string>? AliasTags)
{
    public RubinRules ToRules() => new(
        RegistryUrl ?? RubinRules.DefaultRegistry, Repo, RecommendedTag, NumReleases, NumWeeklies, NumDailies, Cycle, AliasTags ?? []);
}

internal sealed record GoldenTag(string Tag, string Type, string Name, string? Version, string? Cycle, string Pretty);
