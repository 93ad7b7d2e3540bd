using System.IO.Compression;
using Akka.Serialization;

namespace CacheMachine.Actors.Copies;

/// <summary>Turns an answer into a copy, and a copy into the answer that it was.</summary>
public static class CopyPacking
{
    /// <summary>Bytes of the largest content: with what comes around it, base64 included, a copy fits into one message of 128 kB between replicas.</summary>
    public const int LargestContent = 64 << 10;

    private const int Quality = 4, Window = 18;

    /// <summary>The first of the answers that fits; null where none does. No answers: a copy that says that there is nothing any more.</summary>
    /// <param name="serialization">Of the actor system.</param>
    /// <param name="answers">See <see cref="PublishCopy"/>.</param>
    /// <param name="at">When.</param>
    public static ReadCopy? Pack(Akka.Serialization.Serialization serialization, IEnumerable<object> answers, DateTimeOffset at)
    {
        var tried = 0;
        foreach (var answer in answers)
        {
            var serializer = (SerializerWithStringManifest)serialization.FindSerializerFor(answer);
            var content = Compress(serializer.ToBinary(answer));
            if (content.Length <= LargestContent)
                return new ReadCopy(at, serializer.Identifier, serializer.Manifest(answer), content, IsShort: tried > 0);
            tried++;
        }
        return tried == 0 ? ReadCopy.Gone(at) : null;
    }

    /// <summary>The answer; null where there is nothing any more, or where it is of a release that this one does not understand.</summary>
    public static object? Unpack(Akka.Serialization.Serialization serialization, ReadCopy copy)
    {
        if (copy.IsGone)
            return null;
        try
        {
            return serialization.Deserialize(Decompress(copy.Content), copy.Serializer, copy.Manifest);
        }
        catch (System.Runtime.Serialization.SerializationException)
        {
            return null;
        }
    }

    private static byte[] Compress(byte[] bytes)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, compressed, out var written, Quality, Window)
            ? compressed[..written]
            : throw new InvalidOperationException($"{bytes.Length} bytes could not be compressed");
    }

    private static byte[] Decompress(byte[] content)
    {
        using var from = new BrotliStream(new MemoryStream(content), CompressionMode.Decompress);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }
}
