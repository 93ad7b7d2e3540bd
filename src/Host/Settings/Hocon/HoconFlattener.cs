using System.Globalization;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>
/// Turns a resolved configuration into the flat keys of Microsoft.Extensions.Configuration: <c>a:b</c> for objects, <c>a:0</c> for arrays,
/// null for null and for an empty object, the empty string for an empty array.
/// </summary>
internal sealed class HoconFlattener(HoconResolver resolver)
{
    private readonly Dictionary<string, string?> result = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<HoconField> inside = new(ReferenceEqualityComparer.Instance);

    /// <summary>All keys and values; an error for keys that the target cannot tell apart.</summary>
    public Dictionary<string, string?> Flatten()
    {
        if (resolver.Root() is { } root)
            AddObject("", root);
        return result;
    }

    private void AddObject(string prefix, HoconObject obj)
    {
        if (obj.Fields.Count == 0 && prefix.Length > 0)
            Add(prefix, null, obj.Location);
        foreach (var (key, field) in obj.Fields)
        {
            if (!inside.Add(field) || inside.Count > HoconLimits.Depth)
                throw new HoconException(obj.Location, $"the object \"{prefix.Replace(':', '.')}\" contains itself by a substitution, or is too deep");
            if (resolver.ValueOf(field) is { } value)
                AddValue(Key(prefix, key, value.Location), value);
            inside.Remove(field);
        }
    }

    private void AddValue(string key, HoconValue value)
    {
        switch (value)
        {
            case HoconScalar scalar:
                Add(key, scalar.IsNull ? null : scalar.Text, scalar.Location);
                break;
            case HoconArray array:
                if (array.Elements.Count == 0)
                    Add(key, "", array.Location);
                for (var i = 0; i < array.Elements.Count; i++)
                    AddValue($"{key}:{i.ToString(CultureInfo.InvariantCulture)}", array.Elements[i]);
                break;
            case HoconObject obj:
                AddObject(key, obj);
                break;
        }
    }

    private static string Key(string prefix, string key, HoconLocation location)
    {
        if (key.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal))
            throw new HoconException(location, $"the key \"{key}\" may not hold a colon, which separates keys inside this program");
        return prefix.Length == 0 ? key : ConfigurationPath.Combine(prefix, key);
    }

    private void Add(string key, string? value, HoconLocation location)
    {
        if (!result.TryAdd(key, value))
            throw new HoconException(location, $"the key \"{key.Replace(':', '.')}\" exists twice: keys that differ in case only are the same");
        if (result.Count > HoconLimits.Keys)
            throw new HoconException(location, $"a configuration may have at most {HoconLimits.Keys} keys");
    }
}
