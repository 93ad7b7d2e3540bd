using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Store;

/// <summary>Reading of documents whose shape nobody has checked: what is absent or of another kind reads as null.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(step, out node))
                return null;
        }

        return node;
    }

    public static JsonObject? Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static JsonArray? List(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonArray;

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>The objects of an array; what is not an object is left out.</summary>
    public static IEnumerable<JsonObject> Maps(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.List(path)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.List(path)?.Select(item => item.Text()).OfType<string>() ?? [];

    public static Dictionary<string, string> StringMap(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        if (node.Map(path) is { } map)
        {
            foreach (var (key, value) in map)
                result[key] = value.Text() ?? "";
        }

        return result;
    }

    /// <summary>The map under <paramref name="name"/>, made if it is not there.</summary>
    public static JsonObject MapOrNew(this JsonObject node, string name)
    {
        if (node[name] is JsonObject map)
            return map;
        var made = new JsonObject();
        node[name] = made;
        return made;
    }

    public static JsonObject Meta(this JsonObject node) => node.MapOrNew("metadata");

    public static void Default(this JsonObject node, string name, JsonNode value)
    {
        if (node[name] is null)
            node[name] = value;
    }

    public static JsonObject ToMap(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var map = new JsonObject();
        foreach (var (key, value) in pairs)
            map[key] = value;
        return map;
    }

    public static JsonArray ToList(IEnumerable<string> values)
    {
        var list = new JsonArray();
        foreach (var value in values)
            list.Add((JsonNode?)value);
        return list;
    }

    public static byte[] Serialize(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    public static JsonObject Parse(ReadOnlySpan<byte> utf8) =>
        JsonNode.Parse(utf8) as JsonObject ?? throw new JsonException("the document is not a JSON object");

    /// <summary>metav1.Time: RFC 3339 in UTC with whole seconds.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
