using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Pulling;
using k8s.Models;
using NodeSelectorTerm = CacheMachine.Actors.Specs.NodeSelectorTerm;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// The node affinity of a pull: one term a node, because the API server allows one name only in a field match; each together with each
/// of the machine's own terms.
/// </summary>
internal static class PullAffinity
{
    /// <summary>Null where every node that the node selector matches is a target.</summary>
    public static V1Affinity? Of(PullTargets targets, ImmutableArray<NodeSelectorTerm> machine)
    {
        var expressions = machine.Select(term => term.MatchExpressions.Select(Requirement).ToList()).ToList();
        var terms = targets.Nodes is null
            ? expressions.Select(expression => new V1NodeSelectorTerm { MatchExpressions = expression })
            : targets.Nodes.SelectMany(node => expressions.Count == 0
                ? [new V1NodeSelectorTerm { MatchFields = [Named(node)] }]
                : expressions.Select(expression => new V1NodeSelectorTerm { MatchExpressions = expression, MatchFields = [Named(node)] }));
        var all = terms.ToList();
        return all.Count == 0
            ? null
            : new V1Affinity
            {
                NodeAffinity = new V1NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = all } },
            };
    }

    /// <summary>Both let a pod onto the same nodes, term by term.</summary>
    public static bool Same(V1Affinity? one, V1Affinity? other) => Json(one)?.ToJsonString() == Json(other)?.ToJsonString();

    /// <summary>Changes a DaemonSet to this affinity. A merge patch replaces lists, and null removes.</summary>
    public static V1Patch Patch(V1Affinity? affinity)
    {
        var spec = new JsonObject { ["affinity"] = Json(affinity) };
        var document = new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = spec } } };
        return new V1Patch(document.ToJsonString(), V1Patch.PatchType.MergePatch);
    }

    private static V1NodeSelectorRequirement Named(string node) => new() { Key = "metadata.name", OperatorProperty = "In", Values = [node] };

    private static V1NodeSelectorRequirement Requirement(Actors.Specs.NodeSelectorRequirement requirement) => new()
    {
        Key = requirement.Key,
        OperatorProperty = requirement.Operator,
        Values = requirement.Values.IsDefaultOrEmpty ? null : requirement.Values,
    };

    private static JsonObject? Json(V1Affinity? affinity)
    {
        if (affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required)
            return null;
        var terms = new JsonArray();
        foreach (var term in required.NodeSelectorTerms)
        {
            var json = new JsonObject();
            if (term.MatchExpressions is { Count: > 0 } expressions)
                json["matchExpressions"] = Requirements(expressions);
            if (term.MatchFields is { Count: > 0 } fields)
                json["matchFields"] = Requirements(fields);
            terms.Add((JsonNode)json);
        }
        return new JsonObject
        {
            ["nodeAffinity"] = new JsonObject { ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject { ["nodeSelectorTerms"] = terms } },
        };
    }

    private static JsonArray Requirements(IList<V1NodeSelectorRequirement> requirements)
    {
        var array = new JsonArray();
        foreach (var requirement in requirements)
        {
            var json = new JsonObject { ["key"] = requirement.Key, ["operator"] = requirement.OperatorProperty };
            if (requirement.Values is { Count: > 0 } values)
                json["values"] = new JsonArray([.. values.Select(value => (JsonNode?)value)]);
            array.Add((JsonNode)json);
        }
        return array;
    }
}
