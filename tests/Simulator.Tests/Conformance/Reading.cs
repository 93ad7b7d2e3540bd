using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>Short ways into answers of the API.</summary>
public static class Reading
{
    public static string String(this JsonNode node, string field) => node[field]?.GetValue<string>() ?? "";

    public static IReadOnlyList<JsonNode> Items(this JsonNode list) => [.. list["items"]!.AsArray().Select(item => item!)];

    public static string Name(this JsonNode item) => item["metadata"]!.String("name");

    public static string Version(this JsonNode item) => item["metadata"]!.String("resourceVersion");

    public static string Uid(this JsonNode item) => item["metadata"]!.String("uid");

    public static JsonNode Container(this JsonNode pod) => pod["status"]!["containerStatuses"]![0]!;

    /// <summary>The reason that the first container waits for, or "".</summary>
    public static string Waiting(this JsonNode pod) =>
        pod["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?.String("reason") ?? "";

    public static JsonObject Copy(this JsonNode node) => node.DeepClone().AsObject();
}
