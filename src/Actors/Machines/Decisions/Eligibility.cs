using System.Globalization;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>Whether a machine's images belong on a node, and if not, why, in words.</summary>
/// <param name="Matches">The machine's labels and node selector terms match the node's labels.</param>
/// <param name="Reason">Why the node is left out; null where it is eligible.</param>
public sealed record Eligibility(bool Matches, string? Reason)
{
    /// <summary>Images are pulled onto the node, and count as available only when it has them.</summary>
    public bool IsEligible => Reason is null;

    /// <summary>
    /// Labels match; Ready; not cordoned; no NoSchedule or NoExecute taint that the machine does not tolerate
    /// (PreferNoSchedule does not keep a pod away, so it does not count).
    /// </summary>
    public static Eligibility Of(NodeFacts node, MachineSpec machine)
    {
        foreach (var (key, value) in machine.Labels)
        {
            if (!node.Labels.TryGetValue(key, out var actual))
                return new(false, $"the node has no label {key}");
            if (actual != value)
                return new(false, $"the node's label {key} is '{actual}', not '{value}'");
        }
        if (machine.NodeSelectorTerms.Length > 0 && !machine.NodeSelectorTerms.Any(term => term.Matches(node.Labels)))
            return new(false, "no node selector term matches the node's labels");
        if (!node.Ready)
            return new(true, node.ReadySince is { } since ? $"node not ready since {since.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}" : "node not ready");
        if (node.Unschedulable)
            return new(true, "node cordoned");
        var repelled = node.Taints.FirstOrDefault(taint =>
            taint.Effect is "NoSchedule" or "NoExecute" && !machine.Tolerations.Any(toleration => toleration.Tolerates(taint)));
        return new(true, repelled is null ? null : $"node has the taint {repelled}");
    }
}
