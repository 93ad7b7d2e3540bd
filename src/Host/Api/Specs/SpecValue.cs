using System.Text.Json;

namespace CacheMachine.Host.Api.Specs;

/// <summary>
/// A JSON value with its path. Each reading method checks the kind and the bounds; when one does not hold, it adds a fault and gives null.
/// </summary>
internal readonly struct SpecValue(JsonElement element, string field, SpecFaults faults)
{
    private const int ShownLength = 100;

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public void Fault(string rule) => faults.Add(field, Shown(), rule);

    /// <summary>The members, each name once. With <paramref name="allowed"/>, other names are faults.</summary>
    public SpecObject? AsObject(IReadOnlyCollection<string>? allowed = null)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fault("must be an object");
            return null;
        }
        var members = new OrderedDictionary<string, SpecValue>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                Fault("has a key with half of a surrogate pair, which is no Unicode text");
                continue;
            }
            var member = new SpecValue(property.Value, SpecPath.Member(field, name), faults);
            if (!members.TryAdd(name, member))
                member.Fault("must not be given more than once");
            else if (allowed is not null && !allowed.Contains(name))
                member.Fault($"is not known here; the fields are {string.Join(", ", allowed)}");
        }
        return new SpecObject(field, members, faults);
    }

    /// <summary>The elements, if they are at most <paramref name="max"/>.</summary>
    public IReadOnlyList<SpecValue>? AsArray(int max)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Fault("must be an array");
            return null;
        }
        if (element.GetArrayLength() > max)
        {
            Fault($"must have at most {max} elements");
            return null;
        }
        var values = new List<SpecValue>(element.GetArrayLength());
        foreach (var value in element.EnumerateArray())
            values.Add(new SpecValue(value, SpecPath.Element(field, values.Count), faults));
        return values;
    }

    /// <summary>A text; <paramref name="check"/> gives the rule that it breaks, or null.</summary>
    public string? AsText(Func<string, string?> check)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            Fault("must be a string");
            return null;
        }
        if (Text() is not { } text)
        {
            Fault("must be Unicode text, without half a surrogate pair");
            return null;
        }
        if (check(text) is not { } rule)
            return text;
        Fault(rule);
        return null;
    }

    /// <summary>A whole number, written without fraction and exponent.</summary>
    public int? AsInteger(int min, int max)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) && number >= min && number <= max)
            return number;
        Fault($"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>The text of a member that decides how the rest is read; null when there is none. Faults are left to whoever reads the object.</summary>
    public string? Peek(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String && NameOf(property) == name)
                return new SpecValue(property.Value, field, faults).Text();
        }
        return null;
    }

    // A lone surrogate can be escaped in JSON, but is no text.
    private string? Text()
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private string Shown() => element.ValueKind switch
    {
        JsonValueKind.Object => "{...}",
        JsonValueKind.Array => "[...]",
        JsonValueKind.String => SpecPath.Shorten(Text() ?? element.GetRawText(), ShownLength),
        _ => SpecPath.Shorten(element.GetRawText(), ShownLength),
    };
}
