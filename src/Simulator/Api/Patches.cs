using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>JSON merge patch (RFC 7386), strategic merge patch (maps; lists by their merge keys) and JSON patch (RFC 6902).</summary>
internal static class Patches
{
    /// <summary>The lists that the API merges element by element, and by which field (patchMergeKey of the API types).</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["env"] = "name",
        ["volumes"] = "name",
        ["volumeMounts"] = "mountPath",
        ["imagePullSecrets"] = "name",
        ["ownerReferences"] = "uid",
        ["conditions"] = "type",
        ["taints"] = "key",
        ["ports"] = "containerPort",
    };

    /// <exception cref="ApiException">415 for another kind of patch, 400 or 422 for one that cannot be applied.</exception>
    public static JsonObject Apply(string contentType, JsonObject target, JsonNode patch)
    {
        switch (contentType)
        {
            case "application/merge-patch+json" when patch is JsonObject map:
                Merge(target, map, strategic: false);
                return target;
            case "application/strategic-merge-patch+json" when patch is JsonObject map:
                Merge(target, map, strategic: true);
                return target;
            case "application/json-patch+json" when patch is JsonArray operations:
                foreach (var operation in operations.OfType<JsonObject>())
                    JsonPatchOperation.Apply(target, operation);
                return target;
            case "application/merge-patch+json" or "application/strategic-merge-patch+json" or "application/json-patch+json":
                throw ApiErrors.BadRequest($"the body is not a patch of type {contentType}");
            default:
                throw ApiErrors.UnsupportedMediaType();
        }
    }

    private static void Merge(JsonObject target, JsonObject patch, bool strategic)
    {
        foreach (var (field, value) in patch)
        {
            if (strategic && field.StartsWith('$'))
                continue;
            switch (value)
            {
                case null:
                    target.Remove(field);
                    break;
                case JsonObject map when strategic && map.Text("$patch") == "replace":
                    target[field] = WithoutDirectives(map);
                    break;
                case JsonObject map:
                    Merge(target.MapOrNew(field), map, strategic);
                    break;
                case JsonArray list when strategic && MergeKeys.TryGetValue(field, out var key) && list.All(item => item is JsonObject):
                    target[field] = MergeList(target.List(field), list, key);
                    break;
                case JsonArray list when strategic && field == "finalizers":
                    target[field] = Json.ToList(target.Texts(field).Union(list.Select(item => item.Text()).OfType<string>()));
                    break;
                default:
                    target[field] = value.DeepClone();
                    break;
            }
        }
    }

    private static JsonArray MergeList(JsonArray? current, JsonArray patch, string key)
    {
        var result = new List<JsonObject>(current?.OfType<JsonObject>().Select(item => item.DeepClone().AsObject()) ?? []);
        if (patch.OfType<JsonObject>().Any(item => item.Text("$patch") == "replace"))
            result.Clear();
        foreach (var item in patch.OfType<JsonObject>())
        {
            if (item.Text("$patch") == "replace" && item.Count == 1)
                continue;
            var at = result.FindIndex(other => JsonNode.DeepEquals(other[key], item[key]));
            if (item.Text("$patch") == "delete")
            {
                if (at >= 0)
                    result.RemoveAt(at);
            }
            else if (at >= 0)
            {
                Merge(result[at], item, strategic: true);
            }
            else
            {
                result.Add(WithoutDirectives(item));
            }
        }

        return new JsonArray([.. result]);
    }

    private static JsonObject WithoutDirectives(JsonObject map)
    {
        var result = new JsonObject();
        Merge(result, map, strategic: true);
        return result;
    }
}
