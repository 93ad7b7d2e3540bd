namespace CacheMachine.Host.Settings.Hocon;

/// <summary>
/// Merges the assignments and resolves the substitutions of a whole configuration. Fields are evaluated on demand and once, so an object may
/// refer to its own fields; a value that needs itself is an error. Inside its own definition a field stands for what it was before.
/// </summary>
internal sealed class HoconResolver
{
    private readonly Func<string, string?> environment;
    private readonly HoconField root;
    private readonly Stack<(HoconField Field, int Index)> running = new();
    private HoconLocation asking;

    /// <param name="documents">Root objects, the weakest first.</param>
    /// <param name="environment">Gives the value of an environment variable, null when it is not set.</param>
    public HoconResolver(IEnumerable<HoconObjectNode> documents, Func<string, string?> environment)
    {
        this.environment = environment;
        root = new HoconField([], [.. documents.Select(d => new HoconLayer(d, null))]);
    }

    /// <summary>The root object, null when there is no document.</summary>
    public HoconObject? Root() => (HoconObject?)ValueOf(root);

    /// <summary>The value of a field, null when it has none (an optional substitution that finds nothing assigns nothing).</summary>
    public HoconValue? ValueOf(HoconField field) => After(field, field.Layers.Count);

    private HoconValue? After(HoconField field, int count) => field.After(count, Evaluate, Circle);

    private HoconException Circle(HoconField field) =>
        new(asking, $"the value of \"{string.Join('.', field.Path)}\" needs itself: the substitutions go in a circle");

    private HoconValue? Evaluate(HoconField field, int index)
    {
        var layer = field.Layers[index];
        if (running.Count >= HoconLimits.SubstitutionDepth)
            throw new HoconException(asking, $"substitutions may lead to each other at most {HoconLimits.SubstitutionDepth} levels deep");
        running.Push((field, index));
        var value = layer.Elsewhere is { } elsewhere ? Borrow(ValueOf(elsewhere)) : Evaluate(layer.Expression!, field.Path);
        running.Pop();
        return value switch
        {
            null => After(field, index),
            HoconObject newer when After(field, index) is HoconObject older => Merge(older, newer, field.Path),
            _ => value,
        };
    }

    private HoconValue? Evaluate(HoconNode node, string[] path) => node switch
    {
        HoconScalarNode scalar => new HoconScalar(scalar.Location, scalar.Text, scalar.IsNull),
        HoconArrayNode array => EvaluateArray(array, path),
        HoconObjectNode obj => EvaluateObject(obj, path),
        HoconAppendNode append => Append(append, path),
        HoconSubstitutionNode substitution => Substitute(substitution),
        HoconConcatenationNode concatenation => HoconConcatenation.Join(
            concatenation,
            [.. concatenation.Parts.Select(p => Evaluate(p.Node, path))],
            (older, newer) => Merge(older, newer, path)),
        _ => throw new InvalidOperationException($"no rule evaluates a {node.GetType().Name}"),
    };

    private HoconArray EvaluateArray(HoconArrayNode array, string[] path)
    {
        string[] elementPath = [.. path, HoconPath.Unreachable];
        var elements = new List<HoconValue>(array.Elements.Count);
        foreach (var element in array.Elements)
        {
            if (Evaluate(element, elementPath) is { } value)
                elements.Add(value);
        }
        return new HoconArray(array.Location, elements);
    }

    private HoconArray Append(HoconAppendNode node, string[] path)
    {
        var (field, index) = running.Peek();
        var more = EvaluateArray(node.More, path);
        return After(field, index) switch
        {
            null => more,
            HoconArray older => HoconConcatenation.JoinArrays(node.Location, [older, more]),
            _ => throw new HoconException(node.Location, $"+= needs an array, and \"{string.Join('.', path)}\" was none before"),
        };
    }

    private static HoconObject EvaluateObject(HoconObjectNode node, string[] path)
    {
        var fields = new OrderedDictionary<string, HoconField>(StringComparer.Ordinal);
        foreach (var (key, values) in node.Fields)
            fields.Add(key, new HoconField([.. path, key], [.. values.Select(v => new HoconLayer(v, null))]));
        return new HoconObject(node.Location, fields);
    }

    private static HoconObject Merge(HoconObject older, HoconObject newer, string[] path)
    {
        var fields = new OrderedDictionary<string, HoconField>(StringComparer.Ordinal);
        foreach (var key in older.Fields.Keys.Union(newer.Fields.Keys, StringComparer.Ordinal))
            fields.Add(key, new HoconField([.. path, key], [.. LayersOf(older, key), .. LayersOf(newer, key)]));
        return new HoconObject(newer.Location, fields);
    }

    private static IEnumerable<HoconLayer> LayersOf(HoconObject holder, string key)
    {
        if (!holder.Fields.TryGetValue(key, out var field))
            return [];
        return holder.Borrowed ? [new HoconLayer(null, field)] : field.Layers;
    }

    private static HoconValue? Borrow(HoconValue? value) => value is HoconObject obj ? obj with { Borrowed = true } : value;

    private HoconValue? Substitute(HoconSubstitutionNode node)
    {
        var outer = asking;
        asking = node.Location;
        var found = (node.IncludedAt.Length > 0 ? Find([.. node.IncludedAt, .. node.Path]) : null) ?? Find(node.Path);
        var name = string.Join('.', node.Path);
        if (found is null && environment(name) is { } variable)
            found = new HoconScalar(node.Location, variable, IsNull: false);
        asking = outer;
        return found is not null || node.Optional
            ? Borrow(found)
            : throw new HoconException(node.Location, $"nothing has the path \"{name}\", neither the configuration nor the environment; ${{?{name}}} is optional");
    }

    private HoconValue? Find(string[] path)
    {
        var (current, index) = running.Peek();
        var inside = HoconPath.StartsWith(path, current.Path);
        var value = inside ? After(current, index) : ValueOf(root);
        foreach (var key in path.AsSpan(inside ? current.Path.Length : 0))
        {
            if (value is not HoconObject obj || !obj.Fields.TryGetValue(key, out var field))
                return null;
            value = ValueOf(field);
        }
        return value;
    }
}
