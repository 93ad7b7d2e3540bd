using CacheMachine.Simulator.Api;

namespace CacheMachine.Simulator.Store;

/// <summary>A field selector over the fields that the real server supports for a type: <c>spec.nodeName=n1,status.phase!=Running</c>.</summary>
internal sealed class FieldSelector
{
    private readonly IReadOnlyList<(Func<StoredObject, string> Field, string Value, bool Equal)> _requirements;

    private FieldSelector(IReadOnlyList<(Func<StoredObject, string>, string, bool)> requirements) => _requirements = requirements;

    public static FieldSelector Everything { get; } = new([]);

    public bool IsEmpty => _requirements.Count == 0;

    public bool Matches(StoredObject item)
    {
        foreach (var (field, value, equal) in _requirements)
        {
            if (field(item) == value != equal)
                return false;
        }

        return true;
    }

    /// <exception cref="ApiException">400 for a field that the type does not support, or what cannot be parsed.</exception>
    public static FieldSelector Parse(ResourceType type, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        return new FieldSelector([.. text.Split(',').Select(part => ParseOne(type, part.Trim()))]);
    }

    private static (Func<StoredObject, string>, string, bool) ParseOne(ResourceType type, string part)
    {
        foreach (var sign in (ReadOnlySpan<string>)["!=", "==", "="])
        {
            var at = part.IndexOf(sign, StringComparison.Ordinal);
            if (at > 0)
                return (Field(type, part[..at]), part[(at + sign.Length)..], sign != "!=");
        }

        throw ApiErrors.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
    }

    private static Func<StoredObject, string> Field(ResourceType type, string name) => name switch
    {
        "metadata.name" => item => item.Name,
        "metadata.namespace" when type.Namespaced => item => item.Namespace,
        "spec.nodeName" when type == ResourceType.Pods => item => item.NodeName,
        "status.phase" when type == ResourceType.Pods => item => item.Phase,
        "involvedObject.name" when type == ResourceType.Events => item => item.InvolvedName,
        _ when type == ResourceType.Pods || type == ResourceType.Nodes || type == ResourceType.Events =>
            throw ApiErrors.BadRequest($"field label not supported: {name}"),
        _ => throw ApiErrors.BadRequest($"\"{name}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
    };
}
