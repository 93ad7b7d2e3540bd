using System.Globalization;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>What scheduling looks at in a Node object.</summary>
internal sealed class NodeInfo
{
    public NodeInfo(StoredObject node)
    {
        var document = node.Parse();
        Stored = node;
        Name = node.Name;
        Labels = node.Labels;
        Taints = [.. document.Maps("spec", "taints").Select(Taint.Read)];
        Unschedulable = document.Flag("spec", "unschedulable") ?? false;
        PodLimit = int.TryParse(document.Text("status", "allocatable", "pods"), CultureInfo.InvariantCulture, out var pods) ? pods : 110;
    }

    public StoredObject Stored { get; }

    public string Name { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<Taint> Taints { get; }

    public bool Unschedulable { get; }

    public int PodLimit { get; }

    /// <summary>Whether anything that scheduling looks at differs.</summary>
    public bool SchedulesAs(NodeInfo other) =>
        Stored.Uid == other.Stored.Uid
        && Unschedulable == other.Unschedulable
        && PodLimit == other.PodLimit
        && Taints.SequenceEqual(other.Taints)
        && Labels.Count == other.Labels.Count
        && Labels.All(pair => other.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
