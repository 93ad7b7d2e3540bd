using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Serialization;

namespace CacheMachine.Actors.Serialization;

/// <summary>JSON under a manifest with a version, <c>name/1</c>: one that is written for each type, and perhaps earlier ones that are only read.</summary>
public abstract class ManifestSerializer : SerializerWithStringManifest
{
    private readonly IReadOnlyDictionary<string, JsonTypeInfo> _written;
    private readonly IReadOnlyDictionary<string, JsonTypeInfo> _earlier;
    private readonly Dictionary<Type, string> _manifests;

    /// <param name="system">The actor system it works for.</param>
    /// <param name="identifier">Tells this serializer from all others, also in the journal.</param>
    /// <param name="written">What each manifest means that is written; no type twice.</param>
    /// <param name="earlier">The same for those that are only read.</param>
    private protected ManifestSerializer(
        ExtendedActorSystem? system, int identifier, IReadOnlyDictionary<string, JsonTypeInfo> written, IReadOnlyDictionary<string, JsonTypeInfo> earlier)
        : base(system)
    {
        (Identifier, _written, _earlier) = (identifier, written, earlier);
        _manifests = written.ToDictionary(entry => entry.Value.Type, entry => entry.Key);
    }

    /// <inheritdoc/>
    public override int Identifier { get; }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The type has no manifest.</exception>
    public override string Manifest(object o) => _manifests.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new SerializationException($"{o.GetType().Name} has no manifest in {GetType().Name}, so it can be neither stored nor sent");

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The type has no manifest.</exception>
    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, _written[Manifest(obj)]);

    /// <inheritdoc/>
    /// <exception cref="SerializationException">
    /// The manifest is not known to this release: a newer one or another program wrote it. A state computed without it would be wrong, so recovery stops.
    /// </exception>
    /// <exception cref="JsonException">The bytes are not what the manifest says.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_written.TryGetValue(manifest, out var type) && !_earlier.TryGetValue(manifest, out type))
            throw new SerializationException($"the manifest '{manifest}' of serializer {Identifier} is unknown to this release");
        return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException($"a {manifest} is null");
    }
}
