namespace CacheMachine.Host.Api.Specs;

/// <summary>The members of a JSON object, in the order of the body.</summary>
internal sealed class SpecObject(string field, OrderedDictionary<string, SpecValue> members, SpecFaults faults)
{
    public IReadOnlyDictionary<string, SpecValue> Members => members;

    /// <summary>The member, or null and a fault when it is missing.</summary>
    public SpecValue? Required(string name)
    {
        if (members.TryGetValue(name, out var value))
            return value;
        faults.Add(SpecPath.Member(field, name), null, "is required");
        return null;
    }

    /// <summary>The member, or null when it is missing.</summary>
    public SpecValue? Optional(string name) => members.TryGetValue(name, out var value) ? value : null;

    /// <summary>The member, or null when it is missing or JSON's null.</summary>
    public SpecValue? OptionalOrNull(string name) => members.TryGetValue(name, out var value) && !value.IsNull ? value : null;
}
