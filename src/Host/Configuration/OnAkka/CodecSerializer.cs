using Akka.Serialization;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>One of the product's codecs as a serializer of Akka.NET: the same identifier, manifests and bytes as on the built-in runtime.</summary>
/// <param name="system">The actor system it works for.</param>
/// <param name="identifier">The codec's.</param>
/// <param name="codec">What it is about.</param>
internal sealed class CodecSerializer(ExtendedActorSystem system, int identifier, IPayloadSerializer codec) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => identifier;

    /// <inheritdoc/>
    public override string Manifest(object o) => codec.Serialize(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => codec.Serialize(obj).Bytes.ToArray();

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => codec.Deserialize(new SerializedPayload(identifier, manifest, bytes));
}
