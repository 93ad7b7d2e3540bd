using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Resources;
using NodeSelectorTerm = CacheMachine.Actors.Specs.NodeSelectorTerm;

namespace CacheMachine.Host.Adapters;

/// <summary>
/// The node affinity of a pull: one term a node, because the API server allows one name only in a field match; each together with each
/// of the machine's own terms.
/// </summary>
public static class PullAffinity
{
    /// <summary>Null where every node that the node selector matches is a target.</summary>
    public static Affinity? Of(PullTargets targets, ImmutableArray<NodeSelectorTerm> machine)
    {
        var expressions = machine.Select(term => term.MatchExpressions.Select(Requirement).ToList()).ToList();
        IEnumerable<Kubernetes.Resources.NodeSelectorTerm> terms = targets.Nodes is null
            ? expressions.Select(expression => new Kubernetes.Resources.NodeSelectorTerm(expression))
            : targets.Nodes.SelectMany(node => expressions.Count == 0
                ? [new Kubernetes.Resources.NodeSelectorTerm(null, [Named(node)])]
                : expressions.Select(expression => new Kubernetes.Resources.NodeSelectorTerm(expression, [Named(node)])));
        var all = terms.ToList();
        return all.Count == 0 ? null : new Affinity(new NodeAffinity(new NodeSelector(all)));
    }

    /// <summary>Both let a pod onto the same nodes, term by term.</summary>
    public static bool Same(Affinity? one, Affinity? other) => Json(one)?.ToJsonString() == Json(other)?.ToJsonString();

    /// <summary>Changes a DaemonSet to this affinity. A merge patch replaces lists, and null removes.</summary>
    public static ApiPatch Patch(Affinity? affinity)
    {
        var spec = new JsonObject { ["affinity"] = Json(affinity) };
        return ApiPatch.Merge(new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = spec } } });
    }

    private static SelectorRequirement Named(string node) => new("metadata.name", "In", [node]);

    private static SelectorRequirement Requirement(Actors.Specs.NodeSelectorRequirement requirement) =>
        new(requirement.Key, requirement.Operator, requirement.Values.IsDefaultOrEmpty ? null : requirement.Values);

    private static JsonObject? Json(Affinity? affinity)
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

    private static JsonArray Requirements(IReadOnlyList<SelectorRequirement> requirements)
    {
        var array = new JsonArray();
        foreach (var requirement in requirements)
        {
            var json = new JsonObject { ["key"] = requirement.Key, ["operator"] = requirement.Operator };
            if (requirement.Values is { Count: > 0 } values)
                json["values"] = new JsonArray([.. values.Select(value => (JsonNode?)value)]);
            array.Add((JsonNode)json);
        }
        return array;
    }
}
