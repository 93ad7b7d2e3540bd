using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads one element of <c>repomen</c>; its <c>type</c> says how.</summary>
internal static class RepoManReader
{
    private static readonly OrderedDictionary<string, Func<SpecValue, RepoManSpec?>> Types = new(StringComparer.Ordinal)
    {
        ["SimpleRepoMan"] = SimpleRepoManReader.Read,
        ["RubinRepoMan"] = RubinRepoManReader.Read,
    };

    /// <summary>The specification, or null when a fault was added; a fault may have been added in either case.</summary>
    public static RepoManSpec? Read(SpecValue value)
    {
        if (value.Peek("type") is { } type && Types.TryGetValue(type, out var read))
            return read(value);
        var rule = $"must be one of {string.Join(", ", Types.Keys)}";
        if (value.AsObject()?.Required("type") is { } wrong)
            wrong.AsText(_ => rule);
        return null;
    }
}
