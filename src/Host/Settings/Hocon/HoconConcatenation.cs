using System.Text;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Joins values that stand side by side: strings to a string, arrays to an array, objects to an object, nothing else.</summary>
internal static class HoconConcatenation
{
    /// <param name="node">The parts as written.</param>
    /// <param name="values">Their values; null for an optional substitution that found nothing.</param>
    /// <param name="merge">Merges two objects, the older first.</param>
    /// <returns>Null when no part has a value.</returns>
    public static HoconValue? Join(
        HoconConcatenationNode node, IReadOnlyList<HoconValue?> values, Func<HoconObject, HoconObject, HoconObject> merge)
    {
        var present = values.OfType<HoconValue>().ToList();
        if (present.Count == 0)
            return null;
        if (present.All(v => v is HoconObject))
            return present.Cast<HoconObject>().Aggregate(merge);
        if (present.All(v => v is HoconArray))
            return JoinArrays(node.Location, present.Cast<HoconArray>());
        if (present.Find(v => v is not HoconScalar) is { } odd)
        {
            throw new HoconException(
                node.Location, $"{(odd is HoconArray ? "an array" : "an object")} can only stand beside its like, not beside another kind of value");
        }
        return JoinStrings(node, values);
    }

    /// <summary>All elements in order; an error at <paramref name="location"/> when there are too many.</summary>
    public static HoconArray JoinArrays(HoconLocation location, IEnumerable<HoconArray> arrays)
    {
        var elements = new List<HoconValue>();
        foreach (var array in arrays)
        {
            elements.AddRange(array.Elements);
            if (elements.Count > HoconLimits.ConcatenatedLength)
                throw new HoconException(location, $"an array may have at most {HoconLimits.ConcatenatedLength} elements");
        }
        return new HoconArray(location, elements);
    }

    private static HoconScalar JoinStrings(HoconConcatenationNode node, IReadOnlyList<HoconValue?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            text.Append(node.Parts[i].SpaceBefore).Append((values[i] as HoconScalar)?.Text);
            if (text.Length > HoconLimits.ConcatenatedLength)
                throw new HoconException(node.Location, $"a string may have at most {HoconLimits.ConcatenatedLength} characters");
        }
        return new HoconScalar(node.Location, text.ToString(), IsNull: false);
    }
}
