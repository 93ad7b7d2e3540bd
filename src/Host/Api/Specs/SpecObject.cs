using System.Text.Json;

namespace CacheMachine.Host.Api.Specs;

/// <summary>An object of a body whose fields are known. A field that is unknown, or there twice, is a fault.</summary>
internal sealed class SpecObject
{
    public const string Twice = "is there more than once";

    private readonly Dictionary<string, SpecValue> _values = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly SpecFaults _faults;

    public SpecObject(JsonElement json, string path, SpecFaults faults, IReadOnlyList<string> fields)
    {
        _path = path;
        _faults = faults;
        foreach (var property in json.EnumerateObject())
        {
            var value = new SpecValue(property.Value, SpecPath.Field(path, property.Name), faults);
            if (!fields.Contains(property.Name))
                value.Refuse($"there is no such field; the fields are {string.Join(", ", fields)}");
            else if (!_values.TryAdd(property.Name, value))
                value.Refuse(Twice);
        }
    }

    /// <summary>Null where it is missing or <c>null</c>.</summary>
    public SpecValue? Optional(string field) => _values.TryGetValue(field, out var value) && value.Kind != JsonValueKind.Null ? value : null;

    /// <summary>Null, and a fault, where it is missing or <c>null</c>.</summary>
    public SpecValue? Required(string field)
    {
        if (Optional(field) is { } value)
            return value;
        Refuse(field, "is required");
        return null;
    }

    /// <summary>A fault of a field, whether it is there or not.</summary>
    public void Refuse(string field, string rule)
    {
        if (_values.TryGetValue(field, out var value))
            value.Refuse(rule);
        else
            _faults.Add(SpecPath.Field(_path, field), null, rule);
    }
}
