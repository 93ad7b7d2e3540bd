using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What a machine says of its nodes.</summary>
internal static class NodeReport
{
    /// <summary>Nodes that the short form lists at most.</summary>
    public const int Most = 500;

    private const int FewMissing = 10;

    /// <summary>One pass over what is missing.</summary>
    /// <param name="assessment">What is where.</param>
    /// <param name="isShort">Only some of the nodes of which there is something to say, and only some of what each lacks.</param>
    public static (ImmutableArray<NodeStatus> Nodes, NodeCounts Counts) Of(Assessment assessment, bool isShort)
    {
        var lacks = new Dictionary<NodeFacts, Lack>(ReferenceEqualityComparer.Instance);
        foreach (var image in assessment.Images)
        {
            foreach (var node in image.Missing)
            {
                if (!lacks.TryGetValue(node, out var lack))
                    lacks[node] = lack = new Lack();
                lack.Count++;
                if (!isShort || lack.Images.Count < FewMissing)
                    lack.Images.Add(image.Wanted.Image.ImageUrl);
            }
        }
        var nodes = isShort
            ? assessment.Nodes.Where(n => !n.Eligibility.IsEligible || lacks.ContainsKey(n.Node)).Take(Most)
            : assessment.Nodes;
        return (
            [.. nodes.Select(n => lacks.TryGetValue(n.Node, out var lack)
                ? new NodeStatus(n.Node.Name, n.Eligibility.IsEligible, n.Eligibility.Reason, [.. lack.Images], lack.Count)
                : new NodeStatus(n.Node.Name, n.Eligibility.IsEligible, n.Eligibility.Reason, []))],
            new NodeCounts(assessment.Nodes.Length, assessment.Eligible.Length, lacks.Count));
    }

    private sealed class Lack
    {
        public List<string> Images { get; } = [];

        public int Count { get; set; }
    }
}
