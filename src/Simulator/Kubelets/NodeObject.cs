using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>The Node object that a kubelet registers, with the fields of a real one.</summary>
internal static class NodeObject
{
    private static readonly (string Type, string Reason, string Message)[] Pressures =
    [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];

    public static JsonObject Build(
        string name, string ip, string bootId, IReadOnlyDictionary<string, string> labels, SimulatedClusterOptions options, string now)
    {
        var allLabels = Json.ToMap(new Dictionary<string, string>
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = name,
            ["kubernetes.io/os"] = "linux",
        });
        foreach (var (key, value) in labels)
            allLabels[key] = value;
        var resources = new JsonObject
        {
            ["cpu"] = "32",
            ["ephemeral-storage"] = $"{options.DiskBytes}",
            ["memory"] = "131072000Ki",
            ["pods"] = $"{options.PodsPerNode}",
        };
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = allLabels },
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["capacity"] = resources,
                ["allocatable"] = resources.DeepClone(),
                ["conditions"] = Conditions("True", "KubeletReady", "kubelet is posting ready status", now, []),
                ["addresses"] = new JsonArray(
                    new JsonObject { ["type"] = "InternalIP", ["address"] = ip },
                    new JsonObject { ["type"] = "Hostname", ["address"] = name }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } },
                ["nodeInfo"] = new JsonObject
                {
                    ["machineID"] = bootId.Replace("-", "", StringComparison.Ordinal),
                    ["systemUUID"] = bootId,
                    ["bootID"] = bootId,
                    ["kernelVersion"] = "6.1.0",
                    ["osImage"] = "Simulated Linux",
                    ["containerRuntimeVersion"] = options.Release.Containerd,
                    ["kubeletVersion"] = options.Release.Version,
                    ["kubeProxyVersion"] = options.Release.Version,
                    ["operatingSystem"] = "linux",
                    ["architecture"] = "amd64",
                },
            },
        };
    }

    /// <summary>Sets all conditions to healthy, or, with "Unknown", to what the node controller writes for a silent kubelet.</summary>
    public static JsonArray Conditions(string ready, string reason, string message, string now, IEnumerable<JsonObject> before)
    {
        var known = before.ToList();
        var result = new JsonArray();
        foreach (var (type, why, words) in Pressures)
        {
            result.Add((JsonNode)(ready == "Unknown"
                ? Condition(type, "Unknown", reason, message, now, known)
                : Condition(type, "False", why, words, now, known)));
        }

        result.Add((JsonNode)Condition("Ready", ready, reason, message, now, known));
        return result;
    }

    private static JsonObject Condition(string type, string status, string reason, string message, string now, List<JsonObject> before)
    {
        var old = before.Find(condition => condition.Text("type") == type);
        var same = old.Text("status") == status;
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["lastHeartbeatTime"] = same ? old.Text("lastHeartbeatTime") : now,
            ["lastTransitionTime"] = same ? old.Text("lastTransitionTime") : now,
            ["reason"] = reason,
            ["message"] = message,
        };
    }
}
