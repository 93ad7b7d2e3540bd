using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

internal sealed record Taint(string Key, string Value, string Effect)
{
    public const string NoSchedule = "NoSchedule";
    public const string NoExecute = "NoExecute";
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    public static Taint Read(JsonObject taint) => new(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? "");
}

/// <summary>corev1.Toleration: an empty key with Exists tolerates everything, an empty effect tolerates all effects.</summary>
internal sealed record Toleration(string Key, string Operator, string Value, string Effect)
{
    /// <summary>What the DaemonSet controller adds to every pod (AddOrUpdateDaemonPodTolerations).</summary>
    public static readonly IReadOnlyList<Toleration> OfDaemons =
    [
        new(Taint.NotReady, "Exists", "", Taint.NoExecute),
        new(Taint.Unreachable, "Exists", "", Taint.NoExecute),
        new("node.kubernetes.io/disk-pressure", "Exists", "", Taint.NoSchedule),
        new("node.kubernetes.io/memory-pressure", "Exists", "", Taint.NoSchedule),
        new("node.kubernetes.io/pid-pressure", "Exists", "", Taint.NoSchedule),
        new(Taint.Unschedulable, "Exists", "", Taint.NoSchedule),
    ];

    public static IReadOnlyList<Toleration> ReadAll(JsonNode? podSpec) => [.. podSpec.Maps("tolerations").Select(Read)];

    public bool Tolerates(Taint taint) =>
        (Effect.Length == 0 || Effect == taint.Effect)
        && (Key.Length == 0 || Key == taint.Key)
        && (Operator == "Exists" || (Operator is "" or "Equal" && Value == taint.Value));

    /// <summary>Whether all taints of the given effects are tolerated. Others (PreferNoSchedule) do not count.</summary>
    public static bool Covers(IReadOnlyList<Toleration> tolerations, IEnumerable<Taint> taints, params ReadOnlySpan<string> effects)
    {
        foreach (var taint in taints)
        {
            if (effects.Contains(taint.Effect) && !tolerations.Any(toleration => toleration.Tolerates(taint)))
                return false;
        }

        return true;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Key.Length > 0)
            json["key"] = Key;
        if (Operator.Length > 0)
            json["operator"] = Operator;
        if (Value.Length > 0)
            json["value"] = Value;
        if (Effect.Length > 0)
            json["effect"] = Effect;
        return json;
    }

    private static Toleration Read(JsonObject toleration) => new(
        toleration.Text("key") ?? "",
        toleration.Text("operator") ?? "",
        toleration.Text("value") ?? "",
        toleration.Text("effect") ?? "");
}
