namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// Turns events and snapshots into bytes and back. The application provides it; the runtime knows no types. Stands for Akka.NET's
/// <c>SerializerWithStringManifest</c>. Called from many threads at once.
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
