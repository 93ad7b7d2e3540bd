namespace CacheMachine.Runtime.Persistence;

/// <summary>A snapshot as it lies in the store. Stands for Akka.NET's <c>SelectedSnapshot</c> before deserialization.</summary>
/// <param name="Metadata">Whose it is, at which sequence number, and when it was taken.</param>
/// <param name="Payload">The state as bytes.</param>
public sealed record StoredSnapshot(SnapshotMetadata Metadata, SerializedPayload Payload);
