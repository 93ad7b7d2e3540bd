using System.Collections.Immutable;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads a toleration by the rules of <c>v1.Toleration</c>.</summary>
internal static class TolerationReader
{
    private static readonly ImmutableArray<string> Fields = ["key", "operator", "value", "effect"];
    private static readonly ImmutableArray<string> Operators = ["Equal", "Exists"];
    private static readonly ImmutableArray<string> Effects = ["", "NoSchedule", "PreferNoSchedule", "NoExecute"];

    private static readonly Toleration Unread = new("", "Exists", "", "");

    public static Toleration Read(SpecValue json, SpecPolicy policy)
    {
        if (json.Object(Fields) is not { } toleration)
            return Unread;
        var key = toleration.Optional("key")?.Text(text => text.Length == 0 ? null : SpecRules.LabelKey(text)) ?? "";
        var compare = toleration.Optional("operator") is { } given ? given.Choice(Operators) : "Equal";
        var value = toleration.Optional("value")?.Text(SpecRules.LabelValue) ?? "";
        var effect = toleration.Optional("effect")?.Choice(Effects) ?? "";
        if (compare == "Exists" && value.Length > 0)
            toleration.Refuse("value", "must be left out, because operator is Exists");
        if (compare == "Equal" && key.Length == 0)
            toleration.Refuse("key", "must not be empty, unless operator is Exists");
        else if (policy.Toleration(key) is { } rule)
            toleration.Refuse("key", rule);
        return new Toleration(key, compare ?? "Equal", value, effect);
    }
}
