using System.Globalization;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>One operation of a JSON patch (RFC 6902): add, remove, replace or test.</summary>
internal static class JsonPatchOperation
{
    public static void Apply(JsonObject target, JsonObject operation)
    {
        var pointer = operation.Text("path") ?? "";
        var steps = pointer.Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        if (steps.Length == 0)
            throw Refused(operation);
        JsonNode? parent = target;
        foreach (var step in steps[..^1])
            parent = Child(parent, step);

        switch (operation.Text("op"), parent)
        {
            case ("test", _) when JsonNode.DeepEquals(Child(parent, steps[^1]), operation["value"]):
                break;
            case ("add", JsonObject map):
                map[steps[^1]] = operation["value"]?.DeepClone();
                break;
            case ("add", JsonArray list) when steps[^1] == "-":
                list.Add(operation["value"]?.DeepClone());
                break;
            case ("add", JsonArray list) when Index(steps[^1]) is { } at && at <= list.Count:
                list.Insert(at, operation["value"]?.DeepClone());
                break;
            case ("replace", JsonObject map) when map.ContainsKey(steps[^1]):
                map[steps[^1]] = operation["value"]?.DeepClone();
                break;
            case ("replace", JsonArray list) when Index(steps[^1]) is { } at && at < list.Count:
                list[at] = operation["value"]?.DeepClone();
                break;
            case ("remove", JsonObject map) when map.ContainsKey(steps[^1]):
                map.Remove(steps[^1]);
                break;
            case ("remove", JsonArray list) when Index(steps[^1]) is { } at && at < list.Count:
                list.RemoveAt(at);
                break;
            default:
                throw Refused(operation);
        }
    }

    private static JsonNode? Child(JsonNode? parent, string step) => parent switch
    {
        JsonObject map => map[step],
        JsonArray list when Index(step) is { } at && at < list.Count => list[at],
        _ => null,
    };

    private static int? Index(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;

    private static ApiException Refused(JsonObject operation) => ApiErrors.Make(
        422, "Invalid", $"the server rejected our request due to an error in our request: cannot apply {operation.ToJsonString()}", null);
}
