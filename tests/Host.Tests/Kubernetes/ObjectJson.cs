using System.Text.Json;
using System.Text.Json.Nodes;
using CacheMachine.Host.Kubernetes.Watching;
using k8s;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Kubernetes objects as JSON, in the shape that is sent and read.</summary>
internal static class ObjectJson
{
    /// <summary>As it is sent.</summary>
    public static string Write(object value) => KubernetesJson.Serialize(value);

    /// <summary>As a watch or list reads it.</summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, WatchedJson.Default.Options)!;

    /// <summary>Members sorted: their order means nothing.</summary>
    public static string Normal(string json) => Sorted(JsonNode.Parse(json))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>Fails unless an object is sent as a golden file has it.</summary>
    public static void IsGolden(string file, object value)
    {
        var golden = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "golden", file));
        Assert.Equal(Normal(golden), Normal(Write(value)));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
