using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using CacheMachine.Actors.Wire;

namespace CacheMachine.Host.Peers;

/// <summary>
/// Bodies between replicas: <c>{"manifest":"get-machine/1","message":{...},"reply":true}</c> for a message, the same without <c>reply</c> for an
/// answer, or <c>{"failure":"why"}</c>.
/// </summary>
/// <param name="codec">Knows the messages.</param>
internal sealed class PeerBody(IPayloadSerializer codec)
{
    /// <summary>Bytes of a body, at most.</summary>
    public const int Longest = 16 * 1024 * 1024;

    /// <summary>A message.</summary>
    /// <exception cref="NotSupportedException">It has no manifest.</exception>
    public byte[] OfMessage(object message, bool wantsReply) => Write(message, wantsReply);

    /// <summary>An answer.</summary>
    /// <exception cref="NotSupportedException">It has no manifest.</exception>
    public byte[] OfAnswer(object answer) => Write(answer, null);

    /// <summary>There is no answer.</summary>
    public static byte[] OfFailure(string why)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("failure", why);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads any of the three.</summary>
    /// <exception cref="UnknownManifestException">The manifest is not one of this release.</exception>
    /// <exception cref="JsonException">It is none of the three.</exception>
    public (object? Message, bool WantsReply, string? Failure) Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("the body is no JSON object");
        if (root.TryGetProperty("failure", out var failure) && failure.ValueKind == JsonValueKind.String)
            return (null, false, failure.GetString());
        if (!root.TryGetProperty("manifest", out var manifest) || manifest.ValueKind != JsonValueKind.String || !root.TryGetProperty("message", out var message))
            throw new JsonException("the body has no manifest with a message");
        var wantsReply = root.TryGetProperty("reply", out var reply) && reply.ValueKind == JsonValueKind.True;
        var bytes = JsonMarshal.GetRawUtf8Value(message).ToArray();
        return (codec.Deserialize(new SerializedPayload(MessageCodec.Identifier, manifest.GetString()!, bytes)), wantsReply, null);
    }

    /// <summary>Reads a stream to its end; null where it has more than <see cref="Longest"/> bytes.</summary>
    public static async Task<byte[]?> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var read)
            {
                if (all.Length + read > Longest)
                    return null;
                all.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return all.ToArray();
    }

    private byte[] Write(object message, bool? wantsReply)
    {
        var payload = codec.Serialize(message);
        var buffer = new ArrayBufferWriter<byte>(payload.Bytes.Length + 100);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("manifest", payload.Manifest);
            json.WritePropertyName("message");
            json.WriteRawValue(payload.Bytes.Span, skipInputValidation: true);
            if (wantsReply is { } wants)
                json.WriteBoolean("reply", wants);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
