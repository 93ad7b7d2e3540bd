using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CacheMachine.Host.Api.Specs;

/// <summary>
/// A value of a body, with its path. Whoever reads it as what it is not adds a fault and gets a placeholder, which nobody sees: a spec
/// with a fault is not used.
/// </summary>
internal sealed class SpecValue(JsonElement json, string path, SpecFaults faults)
{
    public JsonValueKind Kind => json.ValueKind;

    /// <summary>The number as it is written.</summary>
    public string Number => Kind == JsonValueKind.Number ? json.GetRawText() : throw new InvalidOperationException($"{path} is a {Kind}");

    public void Refuse(string rule) => faults.Add(path, Shown(), rule);

    /// <summary>A string.</summary>
    /// <param name="broken">Answers the rule that the string breaks, or null.</param>
    public string Text(Func<string, string?> broken)
    {
        if (Kind != JsonValueKind.String)
        {
            Refuse("must be a string");
            return "";
        }
        var text = json.GetString()!;
        if (broken(text) is { } rule)
            Refuse(rule);
        return text;
    }

    /// <summary>One of some words; null where it is none of them.</summary>
    public string? Choice(IReadOnlyList<string> words)
    {
        if (Kind == JsonValueKind.String && words.FirstOrDefault(json.ValueEquals) is { } word)
            return word;
        Refuse($"must be one of {string.Join(", ", words.Select(w => w.Length == 0 ? "\"\"" : w))}");
        return null;
    }

    /// <summary>A whole number; <c>3.0</c> is one too.</summary>
    public int Integer(int min, int max)
    {
        if (Kind == JsonValueKind.Number && json.TryGetDecimal(out var number) && decimal.IsInteger(number) && number >= min && number <= max)
            return (int)number;
        Refuse($"must be a whole number from {min} to {max}");
        return min;
    }

    public bool Boolean()
    {
        if (Kind is not (JsonValueKind.True or JsonValueKind.False))
            Refuse("must be true or false");
        return Kind == JsonValueKind.True;
    }

    /// <summary>An array. Of one that is too long only the first <paramref name="max"/> elements are read.</summary>
    public ImmutableArray<T> List<T>(int min, int max, Func<SpecValue, T> read)
    {
        if (Kind != JsonValueKind.Array || json.GetArrayLength() < min || json.GetArrayLength() > max)
            Refuse(min == 0 ? $"must be an array of at most {max} elements" : $"must be an array of {min} to {max} elements");
        return Kind != JsonValueKind.Array
            ? []
            : [.. json.EnumerateArray().Take(max).Select((element, i) => read(new SpecValue(element, SpecPath.Element(path, i), faults)))];
    }

    /// <summary>An object with these fields and no others; null where it is none.</summary>
    public SpecObject? Object(IReadOnlyList<string> fields)
    {
        if (Kind == JsonValueKind.Object)
            return new SpecObject(json, path, faults, fields);
        Refuse($"must be an object with the fields {string.Join(", ", fields)}");
        return null;
    }

    /// <summary>The field that says what else an object has: one of some words; null where it is none of them.</summary>
    public string? Discriminator(string field, IReadOnlyList<string> words)
    {
        if (Kind != JsonValueKind.Object)
            Refuse($"must be an object with the field {field}");
        else if (json.TryGetProperty(field, out var value))
            return new SpecValue(value, SpecPath.Field(path, field), faults).Choice(words);
        else
            faults.Add(SpecPath.Field(path, field), null, $"is required: one of {string.Join(", ", words)}");
        return null;
    }

    /// <summary>An object from names to strings. Of one that is too big only the first <paramref name="max"/> are read.</summary>
    public ImmutableSortedDictionary<string, string> Map(int max, Func<string, string?> brokenKey, Func<string, string?> brokenValue)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Kind != JsonValueKind.Object || json.GetPropertyCount() > max)
            Refuse($"must be an object of at most {max} strings");
        if (Kind != JsonValueKind.Object)
            return map.ToImmutable();
        foreach (var property in json.EnumerateObject().Take(max))
        {
            var value = new SpecValue(property.Value, SpecPath.Field(path, property.Name), faults);
            if (brokenKey(property.Name) is { } rule)
                value.Refuse(rule);
            var text = value.Text(brokenValue);
            if (!map.TryAdd(property.Name, text))
                value.Refuse(SpecObject.Twice);
        }
        return map.ToImmutable();
    }

    // Four bytes make at most two characters, and three one: what is cut off here is not shown anyway.
    private string Shown()
    {
        var raw = JsonMarshal.GetRawUtf8Value(json);
        return PlainText.Shorten(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 4 * PlainText.MaxShown)]));
    }
}
