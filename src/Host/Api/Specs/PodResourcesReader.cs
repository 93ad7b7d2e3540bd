using System.Collections.Immutable;
using System.Text.Json;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads requests and limits as in <c>v1.ResourceRequirements</c>, of what any pod can have.</summary>
internal static class PodResourcesReader
{
    private static readonly ImmutableArray<string> Fields = ["requests", "limits"];
    private static readonly ImmutableArray<string> Resources = ["cpu", "memory", "ephemeral-storage"];
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    public static PodResources Read(SpecValue value, SpecPolicy policy)
    {
        if (value.Object(Fields) is not { } resources)
            return new PodResources(None, None);
        var limits = Quantities(resources.Optional("limits"), policy, None);
        return new PodResources(Quantities(resources.Optional("requests"), policy, limits), limits);
    }

    private static ImmutableSortedDictionary<string, string> Quantities(
        SpecValue? value, SpecPolicy policy, ImmutableSortedDictionary<string, string> limits)
    {
        var quantities = None;
        if (value?.Object(Resources) is not { } given)
            return quantities;
        foreach (var resource in Resources)
        {
            if (given.Optional(resource) is not { } quantity)
                continue;
            var text = Text(quantity);
            if (Broken(resource, text, limits.GetValueOrDefault(resource), policy) is { } rule)
                quantity.Refuse(rule);
            quantities = quantities.Add(resource, text ?? "");
        }
        return quantities;
    }

    // Kubernetes refuses a request above its limit.
    private static string? Broken(string resource, string? text, string? limit, SpecPolicy policy)
    {
        if (text is null)
            return "must be a string or a number";
        if (Quantity.Parse(text) is not { } amount)
            return Quantity.Rule;
        return limit is not null && Quantity.Parse(limit) < amount
            ? $"must not be more than its limit, {limit}"
            : policy.Resource(resource, amount);
    }

    // It reads numbers as it reads the same text.
    private static string? Text(SpecValue value) => value.Kind switch
    {
        JsonValueKind.Number => value.Number,
        JsonValueKind.String => value.Text(_ => null),
        _ => null,
    };
}
