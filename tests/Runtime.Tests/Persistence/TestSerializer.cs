using System.Text;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>An event of the tests.</summary>
internal sealed record Added(string Item);

/// <summary>An event that no serializer can write.</summary>
internal sealed record Unserializable;

/// <summary>A snapshot of the tests.</summary>
internal sealed record Items(string[] All);

/// <summary>What an application provides: one manifest with a version for each type.</summary>
internal sealed class TestSerializer : IPayloadSerializer
{
    public const int Identifier = 4711;

    public SerializedPayload Serialize(object payload) => payload switch
    {
        Added added => new(Identifier, "added-v1", Encoding.UTF8.GetBytes(added.Item)),
        Items items => new(Identifier, "items-v1", Encoding.UTF8.GetBytes(string.Join(',', items.All))),
        _ => throw new NotSupportedException($"{payload.GetType()} has no manifest"),
    };

    public object Deserialize(SerializedPayload payload)
    {
        var text = Encoding.UTF8.GetString(payload.Bytes.Span);
        return payload.Manifest switch
        {
            "added-v1" => new Added(text),
            "items-v1" => new Items(text.Length == 0 ? [] : text.Split(',')),
            _ => throw new UnknownManifestException(payload.Identifier, payload.Manifest),
        };
    }
}
