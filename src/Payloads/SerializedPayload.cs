namespace CacheMachine.Payloads;

/// <summary>An event or a snapshot as bytes. The three columns of Akka.Persistence.Sql that tell how to read one.</summary>
/// <param name="Identifier">Which serializer wrote it (column <c>identifier</c> or <c>serializer_id</c>; Akka.NET's <c>Serializer.Identifier</c>).</param>
/// <param name="Manifest">What it is, in the serializer's own words, with its version (column <c>manifest</c>).</param>
/// <param name="Bytes">The payload itself (column <c>message</c> or <c>snapshot</c>).</param>
public sealed record SerializedPayload(int Identifier, string Manifest, ReadOnlyMemory<byte> Bytes);
