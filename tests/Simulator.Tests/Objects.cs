using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests;

/// <summary>Kubernetes objects for the tests.</summary>
public static class Objects
{
    public static JsonObject DaemonSet(string name, string image, string? pullPolicy = null, Action<JsonObject>? podSpec = null)
    {
        var container = new JsonObject
        {
            ["name"] = "pull",
            ["image"] = image,
            ["command"] = new JsonArray("/bin/sh", "-c", "sleep 86400"),
        };
        if (pullPolicy is not null)
            container["imagePullPolicy"] = pullPolicy;
        var spec = new JsonObject
        {
            ["terminationGracePeriodSeconds"] = 0,
            ["automountServiceAccountToken"] = false,
            ["containers"] = new JsonArray(container),
        };
        podSpec?.Invoke(spec);
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "DaemonSet",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = name } },
            ["spec"] = new JsonObject
            {
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
                ["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                    ["spec"] = spec,
                },
            },
        };
    }
}
