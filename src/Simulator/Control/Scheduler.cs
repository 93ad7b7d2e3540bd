using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>Binds pods to nodes, or says in the condition PodScheduled why not, in the words of kube-scheduler 1.20.</summary>
internal sealed class Scheduler(ResourceService resources) : ControlLoop(resources, ResourceType.Nodes, ResourceType.Pods)
{
    private readonly Dictionary<string, NodeInfo> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _podsOnNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _retry = new(StringComparer.Ordinal);
    private bool _retryAll;

    protected override void Handle(WatchRecord record)
    {
        var item = record.Object;
        if (item.Type == ResourceType.Nodes)
        {
            var before = _nodes.GetValueOrDefault(item.Name);
            if (record.Kind == ChangeKind.Deleted)
                _nodes.Remove(item.Name);
            else
                _nodes[item.Name] = new NodeInfo(item);
            _retryAll |= record.Kind == ChangeKind.Deleted || before is null || !before.SchedulesAs(_nodes[item.Name]);
        }
        else if (record.Kind == ChangeKind.Deleted)
        {
            _waiting.Remove(item.Key);
            if (_podsOnNode.TryGetValue(item.NodeName, out var pods) && pods.Remove(item.Key))
                RetryFor(item.NodeName);
        }
        else if (item.NodeName.Length > 0)
        {
            _waiting.Remove(item.Key);
            On(item.NodeName).Add(item.Key);
        }
        else if (!item.Deleting && (record.Kind == ChangeKind.Added || !_waiting.ContainsKey(item.Key)))
        {
            _waiting[item.Key] = new Waiting(item);
            _retry.Add(item.Key);
        }
    }

    protected override void Settle()
    {
        foreach (var key in _retryAll ? [.. _waiting.Keys] : _retry.ToList())
        {
            if (_waiting.TryGetValue(key, out var pod))
                Schedule(pod);
        }

        _retryAll = false;
        _retry.Clear();
    }

    private void RetryFor(string node)
    {
        foreach (var (key, pod) in _waiting)
        {
            if (pod.Affinity.Pinned is null || pod.Affinity.Pinned == node)
                _retry.Add(key);
        }
    }

    private HashSet<string> On(string node)
    {
        if (!_podsOnNode.TryGetValue(node, out var pods))
            _podsOnNode[node] = pods = new HashSet<string>(StringComparer.Ordinal);
        return pods;
    }

    private void Schedule(Waiting pod)
    {
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        NodeInfo? best = null;
        if (pod.Affinity.Pinned is { } pinned)
        {
            var node = _nodes.GetValueOrDefault(pinned);
            var others = _nodes.Count - (node is null ? 0 : 1);
            if (others > 0)
                reasons["node(s) didn't match Pod's node affinity"] = others;
            if (node is not null)
                best = Fits(pod, node, reasons) ? node : null;
        }
        else
        {
            foreach (var node in _nodes.Values)
            {
                if (Fits(pod, node, reasons) && (best is null || On(node.Name).Count < On(best.Name).Count))
                    best = node;
            }
        }

        if (best is null)
            Refuse(pod, reasons);
        else
            Bind(pod, best);
    }

    private bool Fits(Waiting pod, NodeInfo node, Dictionary<string, int> reasons)
    {
        var why = WhyNot(pod, node);
        if (why is not null)
            reasons[why] = reasons.GetValueOrDefault(why) + 1;
        return why is null;
    }

    private string? WhyNot(Waiting pod, NodeInfo node)
    {
        if (node.Unschedulable && !pod.Tolerations.Any(t => t.Tolerates(new Taint(Taint.Unschedulable, "", Taint.NoSchedule))))
            return "node(s) were unschedulable";
        if (!pod.Affinity.Matches(node))
            return "node(s) didn't match Pod's node affinity";
        foreach (var taint in node.Taints)
        {
            if (!Toleration.Covers(pod.Tolerations, [taint], Taint.NoSchedule, Taint.NoExecute))
                return $"node(s) had taint {{{taint.Key}: {taint.Value}}}, that the pod didn't tolerate";
        }

        return On(node.Name).Count >= node.PodLimit ? "Too many pods" : null;
    }

    private void Bind(Waiting pod, NodeInfo node)
    {
        _waiting.Remove(pod.Pod.Key);
        On(node.Name).Add(pod.Pod.Key);
        Resources.Store.TryUpdate(pod.Pod, document =>
        {
            document.MapOrNew("spec")["nodeName"] = node.Name;
            SetScheduled(document, "True", null, null);
        });
    }

    private void Refuse(Waiting pod, Dictionary<string, int> reasons)
    {
        var words = reasons.Select(pair => $"{pair.Value} {pair.Key}").Order(StringComparer.Ordinal);
        var message = _nodes.Count == 0
            ? "no nodes available to schedule pods"
            : $"0/{_nodes.Count} nodes are available: {string.Join(", ", words)}.";
        Resources.Store.TryUpdate(pod.Pod, document => SetScheduled(document, "False", "Unschedulable", message));
    }

    private void SetScheduled(JsonObject pod, string value, string? reason, string? message)
    {
        var status = pod.MapOrNew("status");
        var conditions = status.List("conditions") ?? [];
        var before = conditions.OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == "PodScheduled");
        if (before is not null)
            conditions.Remove(before);
        var condition = new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = value,
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = before.Text("status") == value ? before.Text("lastTransitionTime") : Resources.Now,
        };
        if (reason is not null)
            condition["reason"] = reason;
        if (message is not null)
            condition["message"] = message;
        conditions.Add((JsonNode)condition);
        if (status["conditions"] is null)
            status["conditions"] = conditions;
    }

    private sealed class Waiting
    {
        public Waiting(StoredObject pod)
        {
            var spec = pod.Parse()["spec"];
            Pod = pod;
            Affinity = new NodeAffinity(spec);
            Tolerations = Toleration.ReadAll(spec);
        }

        public StoredObject Pod { get; }

        public NodeAffinity Affinity { get; }

        public IReadOnlyList<Toleration> Tolerations { get; }
    }
}
