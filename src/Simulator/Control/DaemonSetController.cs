using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>One pod per DaemonSet and matching node, after the rules of kube-controller-manager 1.20 (pkg/controller/daemon).</summary>
internal sealed class DaemonSetController(ResourceService resources)
    : ControlLoop(resources, ResourceType.Nodes, ResourceType.DaemonSets, ResourceType.Pods)
{
    private const string HashLabel = "controller-revision-hash";

    private readonly Dictionary<string, NodeInfo> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DaemonSetState> _sets = new(StringComparer.Ordinal);
    private readonly HashSet<DaemonSetState> _dirty = [];

    protected override void Handle(WatchRecord record)
    {
        var item = record.Object;
        if (item.Type == ResourceType.Nodes)
            HandleNode(record);
        else if (item.Type == ResourceType.DaemonSets)
            HandleSet(record);
        else if (item.Controller is { Kind: "DaemonSet" } owner && _sets.TryGetValue(owner.Uid, out var set))
            HandlePod(set, item, record.Kind == ChangeKind.Deleted);
    }

    protected override void Settle()
    {
        foreach (var set in _dirty)
        {
            if (set.Stored.Deleting)
                continue;

            // What is created or deleted here makes its node dirty again: settled is when nothing does.
            while (set.DirtyNodes.Count > 0)
            {
                var nodes = set.DirtyNodes.ToList();
                set.DirtyNodes.Clear();
                foreach (var node in nodes)
                    Reconcile(set, node);
                if (!set.OnDelete)
                    Roll(set);
            }

            WriteStatus(set);
        }

        _dirty.Clear();
    }

    private void HandleNode(WatchRecord record)
    {
        var name = record.Object.Name;
        if (record.Kind == ChangeKind.Deleted)
        {
            _nodes.Remove(name);
        }
        else
        {
            var info = new NodeInfo(record.Object);
            var known = _nodes.TryGetValue(name, out var before) && before.SchedulesAs(info);
            _nodes[name] = info;
            if (known)
                return;
        }

        foreach (var set in _sets.Values)
        {
            set.DirtyNodes.Add(name);
            _dirty.Add(set);
        }
    }

    private void HandleSet(WatchRecord record)
    {
        var item = record.Object;
        if (record.Kind == ChangeKind.Deleted)
        {
            if (_sets.Remove(item.Uid, out var gone))
                _dirty.Remove(gone);
            return;
        }

        if (!_sets.TryGetValue(item.Uid, out var set))
            _sets[item.Uid] = set = new DaemonSetState(item);
        else if (!set.Read(item))
            return;
        set.DirtyNodes.UnionWith(_nodes.Keys);
        set.DirtyNodes.UnionWith(set.PodsOnNode.Keys);
        _dirty.Add(set);
    }

    private void HandlePod(DaemonSetState set, StoredObject pod, bool deleted)
    {
        set.Track(pod, deleted);
        _dirty.Add(set);
    }

    private void Reconcile(DaemonSetState set, string name)
    {
        var (shouldRun, shouldContinue) = _nodes.TryGetValue(name, out var node) ? set.Decide(node) : (false, false);
        if (shouldRun)
            set.Wanted.Add(name);
        else
            set.Wanted.Remove(name);

        var pods = set.PodsOnNode.GetValueOrDefault(name) ?? [];
        var live = pods.Where(pod => !pod.Deleting).ToList();
        if (!shouldContinue)
            Remove(set, live);
        else if (shouldRun && pods.Count == 0)
            Add(set, name);
        else
            Remove(set, [.. live.Where(pod => pod.Phase == "Failed"), .. live.Where(pod => pod.Phase != "Failed").Skip(1)]);
    }

    /// <summary>Replaces pods of an old template, as many at a time as maxUnavailable allows; those that are not ready at once.</summary>
    private void Roll(DaemonSetState set)
    {
        var old = set.PodsOnNode
            .Where(pair => set.Wanted.Contains(pair.Key))
            .SelectMany(pair => pair.Value)
            .Where(pod => !pod.Deleting && pod.Labels.GetValueOrDefault(HashLabel) != set.Hash)
            .ToList();
        if (old.Count == 0)
            return;
        Remove(set, [.. old.Where(pod => !pod.Ready)]);
        var unavailable = set.Wanted.Count(node => !HasReady(set, node));
        Remove(set, [.. old.Where(pod => pod.Ready).Take(Math.Max(0, set.MaxUnavailable - unavailable))]);
    }

    private void Add(DaemonSetState set, string node)
    {
        try
        {
            set.Track(Resources.Create(ResourceType.Pods, set.Stored.Namespace, set.NewPod(node)), deleted: false);
        }
        catch (ApiException exists) when (exists.Reason == "AlreadyExists")
        {
            // The random suffix is taken; the next event of the set tries another.
            set.DirtyNodes.Add(node);
        }
    }

    private void Remove(DaemonSetState set, List<StoredObject> pods)
    {
        foreach (var pod in pods)
        {
            try
            {
                var (last, gone) = Resources.Delete(ResourceType.Pods, pod.Namespace, pod.Name, new DeleteOptions(Uid: pod.Uid));
                set.Track(last, gone);
            }
            catch (ApiException missing) when (missing.Code is 404 or 409)
            {
                set.Track(pod, deleted: true);
            }
        }
    }

    private static bool HasReady(DaemonSetState set, string node) =>
        set.PodsOnNode.TryGetValue(node, out var pods) && pods.Any(pod => pod.Ready && !pod.Deleting);

    private void WriteStatus(DaemonSetState set)
    {
        var scheduled = set.Wanted.Count(set.PodsOnNode.ContainsKey);
        var ready = set.Wanted.Count(node => HasReady(set, node));
        var updated = set.Wanted.Count(node =>
            set.PodsOnNode.TryGetValue(node, out var pods) && pods.Any(pod => pod.Labels.GetValueOrDefault(HashLabel) == set.Hash));
        var status = new JsonObject
        {
            ["currentNumberScheduled"] = scheduled,
            ["numberMisscheduled"] = set.PodsOnNode.Keys.Count(node => !set.Wanted.Contains(node)),
            ["desiredNumberScheduled"] = set.Wanted.Count,
            ["numberReady"] = ready,
            ["observedGeneration"] = set.Generation,
        };
        if (updated > 0)
            status["updatedNumberScheduled"] = updated;
        if (ready > 0)
            status["numberAvailable"] = ready;
        if (set.Wanted.Count > ready)
            status["numberUnavailable"] = set.Wanted.Count - ready;
        Resources.Store.TryUpdate(set.Stored, document => document["status"] = status);
    }
}
