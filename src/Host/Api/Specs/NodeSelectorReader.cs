using System.Collections.Immutable;
using System.Text.Json;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a term of a node selector by the rules of <c>v1.NodeSelectorTerm</c>, without <c>matchFields</c>.</summary>
internal static class NodeSelectorReader
{
    /// <summary>Terms a machine may have.</summary>
    public const int MaxTerms = 20;

    private const int MaxExpressions = 20, MaxValues = 100;

    private static readonly ImmutableArray<string> TermFields = ["matchExpressions"];
    private static readonly ImmutableArray<string> Fields = ["key", "operator", "values"];
    private static readonly ImmutableArray<string> Operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

    public static NodeSelectorTerm Read(SpecValue value) =>
        new(value.Object(TermFields)?.Required("matchExpressions")?.List(1, MaxExpressions, Requirement) ?? []);

    private static NodeSelectorRequirement Requirement(SpecValue json)
    {
        if (json.Object(Fields) is not { } requirement)
            return new NodeSelectorRequirement("", "Exists", []);
        var key = requirement.Required("key")?.Text(SpecRules.LabelKey) ?? "";
        var compare = requirement.Required("operator")?.Choice(Operators);
        var integer = compare is "Gt" or "Lt";
        var given = requirement.Optional("values");
        var values = given?.List(0, MaxValues, value => value.Text(integer ? SpecRules.Int64 : SpecRules.LabelValue)) ?? [];
        if (given is null or { Kind: JsonValueKind.Array } && Miscounted(compare, values.Length) is { } rule)
            requirement.Refuse("values", $"{rule}, because operator is {compare}");
        return new NodeSelectorRequirement(key, compare ?? "Exists", values);
    }

    private static string? Miscounted(string? compare, int count) => compare switch
    {
        "In" or "NotIn" when count == 0 => "must have at least one value",
        "Exists" or "DoesNotExist" when count != 0 => "must be left out",
        "Gt" or "Lt" when count != 1 => "must be exactly one value",
        _ => null,
    };
}
