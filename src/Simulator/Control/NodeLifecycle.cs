using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>
/// Two small controllers: the taints that follow from a node's conditions and from being cordoned (node lifecycle), and the removal of pods
/// whose node is gone (pod garbage collection).
/// </summary>
internal sealed class NodeLifecycle(ResourceService resources) : ControlLoop(resources, ResourceType.Nodes, ResourceType.Pods)
{
    private static readonly string[] Managed = [Taint.NotReady, Taint.Unreachable, Taint.Unschedulable];

    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<StoredObject>> _podsOnNode = new(StringComparer.Ordinal);

    protected override void Handle(WatchRecord record)
    {
        if (record.Object.Type == ResourceType.Nodes)
            HandleNode(record);
        else if (record.Object.NodeName.Length > 0)
            HandlePod(record);
    }

    private void HandleNode(WatchRecord record)
    {
        var node = record.Object;
        if (record.Kind != ChangeKind.Deleted)
        {
            _nodes.Add(node.Name);
            Resources.Store.TryUpdate(node, SetTaints);
            return;
        }

        _nodes.Remove(node.Name);
        if (_podsOnNode.Remove(node.Name, out var pods))
        {
            foreach (var pod in pods)
                DeleteIfThere(pod, new DeleteOptions(GraceSeconds: 0));
        }
    }

    private void HandlePod(WatchRecord record)
    {
        var pod = record.Object;
        if (!_podsOnNode.TryGetValue(pod.NodeName, out var pods))
            _podsOnNode[pod.NodeName] = pods = new HashSet<StoredObject>(new ByUid());
        pods.Remove(pod);
        if (record.Kind == ChangeKind.Deleted)
            return;
        if (Resources.Store.Get(ResourceType.Nodes, "", pod.NodeName) is null)
            DeleteIfThere(pod, new DeleteOptions(GraceSeconds: 0));
        else
            pods.Add(pod);
    }

    private void SetTaints(JsonObject node)
    {
        var wanted = new List<(string Key, string Effect)>();
        var ready = node.Maps("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status");
        var trouble = ready switch { "False" => Taint.NotReady, "Unknown" => Taint.Unreachable, _ => null };
        if (trouble is not null)
            wanted.AddRange([(trouble, Taint.NoSchedule), (trouble, Taint.NoExecute)]);
        if (node.Flag("spec", "unschedulable") == true)
            wanted.Add((Taint.Unschedulable, Taint.NoSchedule));

        var current = node.Maps("spec", "taints").ToList();
        var present = current.Where(taint => Managed.Contains(taint.Text("key"))).Select(taint => (taint.Text("key")!, taint.Text("effect")!)).ToHashSet();
        if (present.SetEquals(wanted))
            return;
        var kept = current.Where(taint => !Managed.Contains(taint.Text("key")) || wanted.Contains((taint.Text("key")!, taint.Text("effect")!)));
        var taints = new JsonArray([.. kept.Select(taint => taint.DeepClone())]);
        foreach (var (key, effect) in wanted.Where(taint => !present.Contains(taint)))
            taints.Add((JsonNode)new JsonObject { ["key"] = key, ["effect"] = effect, ["timeAdded"] = Resources.Now });
        if (taints.Count == 0)
            node.Map("spec")?.Remove("taints");
        else
            node.MapOrNew("spec")["taints"] = taints;
    }

    private sealed class ByUid : IEqualityComparer<StoredObject>
    {
        public bool Equals(StoredObject? a, StoredObject? b) => a?.Uid == b?.Uid;

        public int GetHashCode(StoredObject item) => item.Uid.GetHashCode(StringComparison.Ordinal);
    }
}
