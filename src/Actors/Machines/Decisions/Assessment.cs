using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>What is where: each wanted image against each eligible node. Everything a machine decides and answers is read from it.</summary>
public sealed class Assessment
{
    private readonly MachineState _state;

    private Assessment(MachineState state, MachineSpec spec)
    {
        _state = state;
        Nodes = [.. state.View.Nodes.Values
            .OrderBy(node => node.Name, StringComparer.Ordinal)
            .Select(node => (Node: node, Eligibility: Eligibility.Of(node, spec)))
            .Where(n => n.Eligibility.Matches)];
        Eligible = [.. Nodes.Where(n => n.Eligibility.IsEligible).Select(n => n.Node)];
        Images = [.. state.Wanted.Select(wanted => new ImageAssessment(wanted, MissingOn(spec.Name, wanted)))];
    }

    /// <summary>The nodes that the machine's labels match, by name, each with its eligibility.</summary>
    public ImmutableArray<(NodeFacts Node, Eligibility Eligibility)> Nodes { get; }

    /// <summary>The nodes that the images belong on, by name.</summary>
    public ImmutableArray<NodeFacts> Eligible { get; }

    /// <summary>The wanted images in the order of priority.</summary>
    public ImmutableArray<ImageAssessment> Images { get; }

    /// <summary>Assesses a machine that exists.</summary>
    public static Assessment Of(MachineState state) =>
        new(state, state.Spec ?? throw new InvalidOperationException("there is no machine to assess"));

    /// <summary>Available: there are eligible nodes, and each has the image.</summary>
    public bool IsAvailable(ImageAssessment image) => !Eligible.IsEmpty && image.Missing.IsEmpty;

    /// <summary>How a pull stands on each eligible node that it covers.</summary>
    /// <param name="image">The normalised image.</param>
    /// <param name="pull">The pull.</param>
    /// <param name="timeout">How long a node may take.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<NodePull> Judge(string image, PullInFlight pull, TimeSpan timeout, DateTimeOffset now)
    {
        var wanted = new WantedImage(image, Actors.Images.ImageReference.Parse(image), pull.Digest, new(pull.Url, pull.Digest, ""));
        var pods = PodsByNode(pull.Pull);
        var progress = _state.Progress.GetValueOrDefault(image);
        var evidence = EvidenceOf(image);
        var trouble = _state.PullTroubles.GetValueOrDefault(pull.Pull);
        return [.. Eligible.Where(node => pull.Targets.Covers(node.Name)).Select(node =>
        {
            var waited = now - (progress?.NodeSince.GetValueOrDefault(node.Name, now) ?? pull.StartedAt);
            var pod = pods.GetValueOrDefault(node.Name);
            // While a watch is broken nothing is known of progress, so no node is given up for want of it.
            var overdue = waited >= timeout && _state.View.Troubles.IsEmpty;
            var isPresent = Presence.Has(wanted, node, pod, evidence?.GetValueOrDefault(node.Name));
            var judged = NodePull.Judge(node.Name, pod, isPresent, pull.Digest, overdue ? waited : null);
            return trouble is not null && judged.State != NodePullState.Done ? judged with { Reason = $"{judged.Reason}{(judged.Reason is null ? "" : ": ")}{trouble}" } : judged;
        })];
    }

    /// <summary>The newest pull pod of each node.</summary>
    public Dictionary<string, PullPod> PodsByNode(string pull)
    {
        var pods = new Dictionary<string, PullPod>(StringComparer.Ordinal);
        foreach (var pod in _state.View.PodsOf(pull).OrderBy(pod => pod.CreatedAt))
            pods[pod.Node] = pod;
        return pods;
    }

    private ImmutableArray<NodeFacts> MissingOn(string machine, WantedImage wanted)
    {
        var (pods, evidence) = (PodsByNode(PullNames.DaemonSet(machine, wanted.Key)), EvidenceOf(wanted.Key));
        return [.. Eligible.Where(node => !Presence.Has(
            wanted, node, pods.GetValueOrDefault(node.Name), evidence?.GetValueOrDefault(node.Name)))];
    }

    private ImmutableDictionary<string, Evidence>? EvidenceOf(string image) => _state.Record.Evidence.GetValueOrDefault(image);
}

/// <summary>One wanted image.</summary>
/// <param name="Wanted">The image.</param>
/// <param name="Missing">Eligible nodes that do not have it.</param>
public sealed record ImageAssessment(WantedImage Wanted, ImmutableArray<NodeFacts> Missing);
