using System.Collections.Immutable;
using System.Text.Json.Serialization;
using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.Specs;

/// <summary>One repository manager of a machine.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SimpleRepoManSpec), "SimpleRepoMan")]
[JsonDerivedType(typeof(RubinRepoManSpec), "RubinRepoMan")]
public abstract record RepoManSpec
{
    /// <summary>How many images it desires at most.</summary>
    public abstract int MostImages();
}

/// <summary>A fixed list of images.</summary>
/// <param name="Images">In the order of priority.</param>
public sealed record SimpleRepoManSpec(ImmutableArray<DesiredImage> Images) : RepoManSpec
{
    /// <inheritdoc/>
    public override int MostImages() => Images.Length;
}

/// <summary>The newest images of a repository that is tagged by Rubin's rules (SQR-059).</summary>
public sealed record RubinRepoManSpec : RepoManSpec
{
    private const string DefaultRegistry = "registry.hub.docker.com";

    /// <summary>Host of the registry, with a port where it has one.</summary>
    public string RegistryUrl { get; init => field = value ?? DefaultRegistry; } = DefaultRegistry;

    /// <summary>Repository in the registry, for example <c>lsstsqre/sciplat-lab</c>.</summary>
    public required string Repo { get; init; }

    /// <summary>The tag that always comes first; null for none.</summary>
    public string? RecommendedTag { get; init; }

    /// <summary>How many releases, newest first.</summary>
    public required int NumReleases { get; init; }

    /// <summary>How many weekly builds, newest first.</summary>
    public required int NumWeeklies { get; init; }

    /// <summary>How many daily builds, newest first.</summary>
    public required int NumDailies { get; init; }

    /// <summary>Only tags of this SAL XML cycle; null for all.</summary>
    public int? Cycle { get; init; }

    /// <summary>Tags that are other names of images.</summary>
    public ImmutableArray<string> AliasTags { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public override int MostImages() => NumReleases + NumWeeklies + NumDailies + (RecommendedTag is null ? 0 : 1);
}
