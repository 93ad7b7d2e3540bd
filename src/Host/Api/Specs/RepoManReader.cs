using System.Collections.Immutable;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a repository manager of any type. A new type is one file beside this one, and one line here.</summary>
internal static class RepoManReader
{
    /// <summary>The field that says which type it is.</summary>
    public const string TypeField = "type";

    private static readonly ImmutableArray<(string Type, Func<SpecValue, SpecPolicy, RepoManSpec?> Read)> Readers =
    [
        ("SimpleRepoMan", SimpleRepoManReader.Read),
        ("RubinRepoMan", RubinRepoManReader.Read),
    ];

    private static readonly ImmutableArray<string> Types = [.. Readers.Select(reader => reader.Type)];

    /// <summary>Null where there is a fault that leaves nothing to read.</summary>
    public static RepoManSpec? Read(SpecValue value, SpecPolicy policy) =>
        value.Discriminator(TypeField, Types) is { } type ? Readers.Single(reader => reader.Type == type).Read(value, policy) : null;
}
