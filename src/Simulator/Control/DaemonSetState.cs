using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>One DaemonSet as its controller knows it: the parsed spec, and the pods by node.</summary>
internal sealed class DaemonSetState
{
    private readonly Dictionary<string, string> _nodeOfPod = new(StringComparer.Ordinal);
    private JsonObject _template = [];
    private NodeAffinity _affinity = new(null);
    private string _maxUnavailable = "1";
    private string _templateGeneration = "1";
    private IReadOnlyList<Toleration> _tolerations = [];

    public DaemonSetState(StoredObject stored) => Read(stored);

    public StoredObject Stored { get; private set; } = null!;

    public Dictionary<string, List<StoredObject>> PodsOnNode { get; } = new(StringComparer.Ordinal);

    public HashSet<string> DirtyNodes { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes that should run a pod.</summary>
    public HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    public long Generation { get; private set; }

    public string Hash { get; private set; } = "";

    public bool OnDelete { get; private set; }

    /// <summary>How many nodes may be without a ready pod during a rolling update: a number, or a share of the nodes, rounded up.</summary>
    public int MaxUnavailable => _maxUnavailable.EndsWith('%') && int.TryParse(_maxUnavailable[..^1], CultureInfo.InvariantCulture, out var percent)
        ? (int)Math.Ceiling(Wanted.Count * percent / 100.0)
        : int.TryParse(_maxUnavailable, CultureInfo.InvariantCulture, out var number) ? number : 1;

    /// <returns>Whether the spec differs from the one known before.</returns>
    public bool Read(StoredObject stored)
    {
        var document = stored.Parse();
        Stored = stored;
        var generation = document.Number("metadata", "generation") ?? 1;
        if (generation == Generation)
            return false;
        Generation = generation;
        _template = document.Map("spec", "template")?.DeepClone().AsObject() ?? [];
        _affinity = new NodeAffinity(_template["spec"]);
        _tolerations = [.. Toleration.ReadAll(_template["spec"]), .. Toleration.OfDaemons];
        OnDelete = document.Text("spec", "updateStrategy", "type") == "OnDelete";
        _maxUnavailable = document.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")?.ToString() ?? "1";
        Hash = Convert.ToHexStringLower(SHA256.HashData(Json.Serialize(_template)))[..10];
        _templateGeneration = document.Text("metadata", "annotations", Defaults.TemplateGeneration) ?? "1";
        return true;
    }

    /// <summary>nodeShouldRunDaemonPod: a NoSchedule taint keeps new pods away, only a NoExecute taint removes running ones.</summary>
    public (bool ShouldRun, bool ShouldContinue) Decide(NodeInfo node)
    {
        if (!_affinity.Matches(node))
            return (false, false);
        if (!Toleration.Covers(_tolerations, node.Taints, Taint.NoSchedule, Taint.NoExecute))
            return (false, Toleration.Covers(_tolerations, node.Taints, Taint.NoExecute));
        return (true, true);
    }

    public void Track(StoredObject pod, bool deleted)
    {
        if (_nodeOfPod.Remove(pod.Key, out var before) && PodsOnNode.TryGetValue(before, out var old))
        {
            old.RemoveAll(other => other.Key == pod.Key);
            if (old.Count == 0)
                PodsOnNode.Remove(before);
            DirtyNodes.Add(before);
        }

        if (deleted)
            return;
        var node = pod.NodeName.Length > 0 ? pod.NodeName : new NodeAffinity(pod.Parse()["spec"]).Pinned ?? "";
        _nodeOfPod[pod.Key] = node;
        if (!PodsOnNode.TryGetValue(node, out var pods))
            PodsOnNode[node] = pods = [];
        pods.Add(pod);
        DirtyNodes.Add(node);
    }

    public JsonObject NewPod(string node)
    {
        var metadata = _template.Map("metadata");
        var labels = Json.ToMap(metadata.StringMap("labels"));
        labels["controller-revision-hash"] = Hash;
        labels["pod-template-generation"] = _templateGeneration;
        var podMetadata = new JsonObject
        {
            ["generateName"] = Stored.Name + "-",
            ["labels"] = labels,
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "DaemonSet",
                ["name"] = Stored.Name,
                ["uid"] = Stored.Uid,
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            }),
        };
        if (metadata.Map("annotations") is { } annotations)
            podMetadata["annotations"] = annotations.DeepClone();
        var spec = _template.Map("spec")?.DeepClone().AsObject() ?? [];
        spec["tolerations"] = new JsonArray([.. _tolerations.Distinct().Select(toleration => toleration.ToJson())]);
        spec.MapOrNew("affinity").MapOrNew("nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
        {
            ["nodeSelectorTerms"] = new JsonArray(new JsonObject
            {
                ["matchFields"] = new JsonArray(new JsonObject
                {
                    ["key"] = "metadata.name",
                    ["operator"] = "In",
                    ["values"] = Json.ToList([node]),
                }),
            }),
        };
        return new JsonObject { ["metadata"] = podMetadata, ["spec"] = spec };
    }
}
