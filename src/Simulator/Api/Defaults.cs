using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>What the real API server fills in on the way to storage (pkg/apis/*/v1/defaults.go), for the fields that clients look at.</summary>
internal static class Defaults
{
    public const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public static void Apply(ResourceType type, JsonObject document)
    {
        document["apiVersion"] = type.ApiVersion;
        document["kind"] = type.Kind;
        if (type == ResourceType.Pods)
            Pod(document);
        else if (type == ResourceType.DaemonSets)
            DaemonSet(document);
        else if (type == ResourceType.Namespaces)
            document.MapOrNew("status").Default("phase", "Active");
    }

    /// <summary>Keeps the annotation that counts the changes of a DaemonSet's template, which its pods carry as a label.</summary>
    public static void CountTemplate(JsonObject set, JsonObject? old)
    {
        var count = long.TryParse(old.Text("metadata", "annotations", TemplateGeneration), out var before) ? before : 0;
        if (old is null || !JsonNode.DeepEquals(old.At("spec", "template"), set.At("spec", "template")))
            count++;
        set.Meta().MapOrNew("annotations")[TemplateGeneration] = $"{count}";
    }

    private static void Pod(JsonObject pod)
    {
        PodSpec(pod.MapOrNew("spec"));
        pod["spec"]!.AsObject().Default("enableServiceLinks", true);
        var status = pod.MapOrNew("status");
        status.Default("phase", "Pending");
        status.Default("qosClass", "BestEffort");
    }

    private static void DaemonSet(JsonObject set)
    {
        var spec = set.MapOrNew("spec");
        spec.Default("revisionHistoryLimit", 10);
        var strategy = spec.MapOrNew("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
            strategy.MapOrNew("rollingUpdate").Default("maxUnavailable", 1);
        if (spec.Map("template") is { } template)
        {
            template.MapOrNew("metadata").Default("creationTimestamp", JsonValue.Create<string?>(null)!);
            PodSpec(template.MapOrNew("spec"));
        }

        var status = set.MapOrNew("status");
        foreach (var number in (ReadOnlySpan<string>)["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"])
            status.Default(number, 0);
    }

    private static void PodSpec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("securityContext", new JsonObject());
        foreach (var container in spec.Maps("initContainers").Concat(spec.Maps("containers")))
        {
            container.Default("terminationMessagePath", "/dev/termination-log");
            container.Default("terminationMessagePolicy", "File");
            container.Default("resources", new JsonObject());
            container.Default("imagePullPolicy", PullPolicy(container.Text("image") ?? ""));
        }
    }

    private static string PullPolicy(string image)
    {
        var lastPart = image[(image.LastIndexOf('/') + 1)..];
        if (lastPart.Contains('@', StringComparison.Ordinal))
            return "IfNotPresent";
        var colon = lastPart.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || lastPart[(colon + 1)..] == "latest" ? "Always" : "IfNotPresent";
    }
}
