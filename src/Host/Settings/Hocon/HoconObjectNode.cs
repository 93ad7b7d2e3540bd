namespace CacheMachine.Host.Settings.Hocon;

/// <summary>
/// An object as written: keys in the order of their first assignment, each with the values assigned to it, oldest first. Values that no later step
/// can see (those under a plain string, number, boolean or null) are dropped, and neighbours that merge without substitution are merged at once.
/// </summary>
internal sealed record HoconObjectNode(HoconLocation Location) : HoconNode(Location)
{
    private readonly OrderedDictionary<string, List<HoconNode>> fields = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, List<HoconNode>>> Fields => fields;

    /// <summary>Assigns one more value. A path of several keys makes an object of each key but the last, as the specification has it.</summary>
    public void Assign(ReadOnlySpan<string> path, HoconNode value)
    {
        if (path.Length > 1)
        {
            var inner = new HoconObjectNode(value.Location);
            inner.Assign(path[1..], value);
            value = inner;
        }
        if (!fields.TryGetValue(path[0], out var layers))
            fields.Add(path[0], layers = []);
        Add(layers, value);
    }

    /// <summary>Assigns all that another object assigns, here and now.</summary>
    public void AssignAll(HoconObjectNode other)
    {
        foreach (var (key, values) in other.fields)
        {
            foreach (var value in values)
                Assign([key], value);
        }
    }

    private static void Add(List<HoconNode> layers, HoconNode value)
    {
        switch (layers.LastOrDefault(), value)
        {
            case (HoconObjectNode older, HoconObjectNode newer):
                older.AssignAll(newer);
                return;
            case (HoconArrayNode older, HoconAppendNode newer):
                older.Elements.AddRange(newer.More.Elements);
                return;
            case (HoconAppendNode older, HoconAppendNode newer):
                older.More.Elements.AddRange(newer.More.Elements);
                return;
            case (_, HoconScalarNode):
                layers.Clear();
                break;
        }
        layers.Add(value);
    }
}
