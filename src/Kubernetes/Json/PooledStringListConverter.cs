using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheMachine.Kubernetes.Json;

/// <summary>A list of strings that repeat from object to object (image names), through the <see cref="StringPool"/>.</summary>
internal sealed class PooledStringListConverter : JsonConverter<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a list of strings is expected");
        var list = new List<string>(2);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException("a list of strings has something else in it");
            list.Add(ReadPooled(ref reader));
        }

        return list;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    private static string ReadPooled(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return reader.GetString()!;
        if (!reader.HasValueSequence)
            return StringPool.Shared.Get(reader.ValueSpan);
        if (reader.ValueSequence.Length > StringPool.MaxLength)
            return reader.GetString()!;
        Span<byte> bytes = stackalloc byte[(int)reader.ValueSequence.Length];
        reader.ValueSequence.CopyTo(bytes);
        return StringPool.Shared.Get(bytes);
    }
}
