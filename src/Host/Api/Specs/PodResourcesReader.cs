using System.Collections.Immutable;
using System.Text.Json;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Reads requests and limits as in <c>v1.ResourceRequirements</c>, of what any pod can have.</summary>
internal static class PodResourcesReader
{
    private static readonly ImmutableArray<string> Fields = ["requests", "limits"];
    private static readonly ImmutableArray<string> Resources = ["cpu", "memory", "ephemeral-storage"];
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    public static PodResources Read(SpecValue value) => value.Object(Fields) is { } resources
        ? new PodResources(Quantities(resources.Optional("requests")), Quantities(resources.Optional("limits")))
        : new PodResources(None, None);

    private static ImmutableSortedDictionary<string, string> Quantities(SpecValue? value)
    {
        var quantities = None;
        if (value?.Object(Resources) is { } given)
        {
            foreach (var resource in Resources)
            {
                if (given.Optional(resource) is { } quantity)
                    quantities = quantities.Add(resource, Quantity(quantity));
            }
        }
        return quantities;
    }

    // Kubernetes reads numbers as it reads the same text.
    private static string Quantity(SpecValue value)
    {
        if (value.Kind != JsonValueKind.Number)
            return value.Text(SpecRules.Quantity);
        if (SpecRules.Quantity(value.Number) is { } rule)
            value.Refuse(rule);
        return value.Number;
    }
}
