using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>
/// nodeSelector and requiredDuringSchedulingIgnoredDuringExecution of a pod's spec. Terms are alternatives; the requirements of a term hold
/// all together; an empty term matches no node.
/// </summary>
internal sealed class NodeAffinity
{
    private readonly LabelSelector _selector;
    private readonly List<(List<LabelRequirement> Labels, List<LabelRequirement> Fields)>? _terms;

    public NodeAffinity(JsonNode? podSpec)
    {
        _selector = LabelSelector.Read(new JsonObject { ["matchLabels"] = podSpec.Map("nodeSelector")?.DeepClone() });
        var required = podSpec.Map("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
        _terms = required is null
            ? null
            : [.. required.Maps("nodeSelectorTerms").Select(term => (
                term.Maps("matchExpressions").Select(LabelRequirement.Read).ToList(),
                term.Maps("matchFields").Select(LabelRequirement.Read).ToList()))];
    }

    /// <summary>The node that the DaemonSet controller pins a pod to, or null.</summary>
    public string? Pinned =>
        _terms is [{ Labels: [], Fields: [{ Key: "metadata.name", Operator: SelectorOperator.In, Values: [var name] }] }] ? name : null;

    public bool Matches(NodeInfo node)
    {
        if (!_selector.Matches(node.Labels))
            return false;
        if (_terms is null)
            return true;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["metadata.name"] = node.Name };
        return _terms.Any(term =>
            term.Labels.Count + term.Fields.Count > 0
            && term.Labels.All(requirement => requirement.Matches(node.Labels))
            && term.Fields.All(requirement => requirement.Matches(fields)));
    }
}
