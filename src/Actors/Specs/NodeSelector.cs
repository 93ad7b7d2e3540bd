using System.Collections.Immutable;

namespace CacheMachine.Actors.Specs;

/// <summary>Requirements on a node's labels, all of which must hold, as in <c>v1.NodeSelectorTerm.matchExpressions</c>.</summary>
/// <param name="MatchExpressions">At least one.</param>
public sealed record NodeSelectorTerm(ImmutableArray<NodeSelectorRequirement> MatchExpressions)
{
    /// <summary>All requirements hold.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => MatchExpressions.All(requirement => requirement.Matches(labels));
}

/// <summary>As <c>v1.NodeSelectorRequirement</c>.</summary>
/// <param name="Key">Label.</param>
/// <param name="Operator"><c>In</c>, <c>NotIn</c>, <c>Exists</c>, <c>DoesNotExist</c>, <c>Gt</c> or <c>Lt</c>.</param>
/// <param name="Values">For In and NotIn at least one; for Gt and Lt one integer; else none.</param>
public sealed record NodeSelectorRequirement(string Key, string Operator, ImmutableArray<string> Values)
{
    /// <summary>The rule of the scheduler: a missing label satisfies NotIn and DoesNotExist only.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var has = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            "In" => has && Values.Contains(value!),
            "NotIn" => !has || !Values.Contains(value!),
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => has && Compare(value!) > 0,
            "Lt" => has && Compare(value!) < 0,
            _ => false,
        };
    }

    // A label that is no integer satisfies neither Gt nor Lt.
    private int Compare(string value) =>
        long.TryParse(value, out var actual) && long.TryParse(Values[0], out var bound) ? actual.CompareTo(bound) : 0;
}
