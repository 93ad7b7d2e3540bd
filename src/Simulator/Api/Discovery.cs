using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>The documents outside of the resources: health, version, and the discovery that kubectl starts with.</summary>
internal static class Discovery
{
    public static JsonNode? Find(string path, KubernetesRelease release)
    {
        var groups = ResourceType.All.Where(type => type.Group.Length > 0).Select(type => (type.Group, type.Version)).Distinct().ToList();
        return path.Trim('/').Split('/') switch
        {
            ["version"] => Version(release),
            ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = Json.ToList(["v1"]) },
            ["apis"] => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)Group(group.Group, group.Version))]),
            },
            ["apis", var name] when groups.Find(group => group.Group == name) is { Version: not null } group => Group(name, group.Version),
            ["api", "v1"] => Resources("", "v1"),
            ["apis", var name, var version] when groups.Contains((name, version)) => Resources(name, version),
            _ => null,
        };
    }

    private static JsonObject Version(KubernetesRelease release) => new()
    {
        ["major"] = release.Name.Split('.')[0],
        ["minor"] = release.Name.Split('.')[1],
        ["gitVersion"] = release.Version,
        ["gitCommit"] = "",
        ["gitTreeState"] = "simulated",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject Group(string name, string version)
    {
        var preferred = new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        return new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = name,
            ["versions"] = new JsonArray(preferred.DeepClone()),
            ["preferredVersion"] = preferred,
        };
    }

    private static JsonObject Resources(string group, string version)
    {
        var list = new JsonArray();
        foreach (var type in ResourceType.All.Where(type => type.Group == group && type.Version == version))
        {
            list.Add((JsonNode)Resource(type, type.Plural, ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]));
            if (type.HasStatus)
                list.Add((JsonNode)Resource(type, type.Plural + "/status", ["get", "patch", "update"]));
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = list,
        };
    }

    private static JsonObject Resource(ResourceType type, string name, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = "",
        ["namespaced"] = type.Namespaced,
        ["kind"] = type.Kind,
        ["verbs"] = Json.ToList(verbs),
    };
}
