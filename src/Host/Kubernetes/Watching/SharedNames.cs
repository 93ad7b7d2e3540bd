using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>
/// Reads names of images, which are the same on thousands of nodes, as the same strings. Bounded: a slot keeps the last string that hashed to it. Safe
/// for many threads, because a lost race only costs a second copy.
/// </summary>
internal sealed class SharedNames : JsonConverter<IReadOnlyList<string>>
{
    private const int MaxLength = 512;

    private static readonly string?[] Slots = new string?[1 << 14];

    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a list of names is expected");
        var names = new List<string>(3);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            names.Add(reader.TokenType == JsonTokenType.String ? Name(ref reader) : throw new JsonException("a list of names has something else in it"));
        return names;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static string Name(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > MaxLength)
            return reader.GetString()!;
        var hash = default(HashCode);
        hash.AddBytes(reader.ValueSpan);
        ref var slot = ref Slots[(uint)hash.ToHashCode() % Slots.Length];
        if (Volatile.Read(ref slot) is { } known && Ascii.Equals(reader.ValueSpan, known))
            return known;
        var name = reader.GetString()!;
        Volatile.Write(ref slot, name);
        return name;
    }
}
