using System.Collections.Immutable;
using System.Text.Json;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads the name of a Secret: a string, or an object with a name as in <c>v1.LocalObjectReference</c>.</summary>
internal static class PullSecretReader
{
    private static readonly ImmutableArray<string> Fields = ["name"];

    public static string Read(SpecValue value, SpecPolicy policy) =>
        (value.Kind == JsonValueKind.Object ? value.Object(Fields)?.Required("name") : value)
            ?.Text(text => SpecRules.ResourceName(text) ?? policy.PullSecret(text)) ?? "";
}
