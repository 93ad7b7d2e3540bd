using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Actors.Journal;

/// <summary>JSON under a manifest with a version, <c>name/1</c>: one that is written for each type, and perhaps earlier ones that are read.</summary>
public abstract class ManifestCodec : IPayloadSerializer
{
    private readonly int _identifier;
    private readonly IReadOnlyDictionary<string, JsonTypeInfo> _written;
    private readonly IReadOnlyDictionary<string, JsonTypeInfo> _earlier;
    private readonly Dictionary<Type, string> _manifests;
    private readonly string _use;

    /// <summary>Fixes the table.</summary>
    /// <param name="identifier">Identifies the codec among serializers.</param>
    /// <param name="written">What each manifest means that is written; no type twice.</param>
    /// <param name="earlier">The same for those that are only read.</param>
    /// <param name="use">What becomes of the JSON, in errors: <c>stored</c>.</param>
    private protected ManifestCodec(
        int identifier, IReadOnlyDictionary<string, JsonTypeInfo> written, IReadOnlyDictionary<string, JsonTypeInfo> earlier, string use)
    {
        (_identifier, _written, _earlier, _use) = (identifier, written, earlier, use);
        _manifests = written.ToDictionary(entry => entry.Value.Type, entry => entry.Key);
    }

    /// <inheritdoc/>
    public SerializedPayload Serialize(object payload)
    {
        if (!_manifests.TryGetValue(payload.GetType(), out var manifest))
            throw new NotSupportedException($"{payload.GetType().Name} has no manifest, so it cannot be {_use}");
        return new(_identifier, manifest, JsonSerializer.SerializeToUtf8Bytes(payload, _written[manifest]));
    }

    /// <inheritdoc/>
    public object Deserialize(SerializedPayload payload)
    {
        if (payload.Identifier != _identifier || !(_written.TryGetValue(payload.Manifest, out var type) || _earlier.TryGetValue(payload.Manifest, out type)))
            throw new UnknownManifestException(payload.Identifier, payload.Manifest);
        return JsonSerializer.Deserialize(payload.Bytes.Span, type)
            ?? throw new JsonException($"a {payload.Manifest} that was {_use} is null");
    }
}
