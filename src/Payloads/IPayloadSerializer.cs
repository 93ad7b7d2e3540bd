namespace CacheMachine.Payloads;

/// <summary>
/// Turns objects into bytes and back. The application provides it; the runtimes know no types. The built-in runtime calls it itself; on
/// Akka.NET it is behind a <c>SerializerWithStringManifest</c>. Called from many threads at once.
/// </summary>
public interface IPayloadSerializer
{
    /// <summary>
    /// The bytes of an event or a snapshot. Whatever this throws means that the object cannot be stored: the actor's <c>OnPersistRejected</c> is called and it goes on.
    /// </summary>
    SerializedPayload Serialize(object payload);

    /// <summary>The object that was stored. Any exception stops the recovery of the actor.</summary>
    /// <exception cref="UnknownManifestException">The identifier or the manifest is not known to this release.</exception>
    object Deserialize(SerializedPayload payload);
}
