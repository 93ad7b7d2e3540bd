using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>
/// Which pulls go to more nodes, and which begin. Images go in the order of priority; at most <c>parallel_images</c> pulls that make
/// progress are in flight, and at most so many on any one node; at most
/// <c>max_nodes_pulling</c> nodes pull, and only those that the service lets. A pull that has made no
/// progress for a while holds up only the nodes that it waits for.
/// </summary>
public sealed class PullPlan
{
    private readonly Assessment _assessment;
    private readonly MachineSettings _settings;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, int> _load;

    /// <param name="assessment">What is where.</param>
    /// <param name="judged">How each pull stands, by normalised image.</param>
    /// <param name="settings">Defaults.</param>
    /// <param name="now">The time.</param>
    public PullPlan(Assessment assessment, IReadOnlyDictionary<string, ImmutableArray<NodePull>> judged, MachineSettings settings, DateTimeOffset now)
    {
        (_assessment, _settings, _now) = (assessment, settings, now);
        _load = judged.Values.SelectMany(nodes => nodes)
            .Where(node => node.State == NodePullState.Pulling)
            .GroupBy(node => node.Node)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
    }

    /// <summary>Pulls under way that go to more nodes: those that joined, or whose turn has come.</summary>
    public IEnumerable<PullWidened> Widen(MachineState state)
    {
        if (!MayPull(state))
            yield break;
        foreach (var image in _assessment.Images)
        {
            if (state.Record.Pulls.TryGetValue(image.Wanted.Key, out var pull) && Take(state, image, pull.Targets) is { Count: > 0 } nodes)
                yield return new PullWidened(image.Wanted.Key, [.. nodes], _now);
        }
    }

    /// <summary>Pulls that begin.</summary>
    public IEnumerable<PullStarted> Start(MachineState state)
    {
        if (!MayPull(state))
            yield break;
        var spec = state.Spec!;
        var free = (spec.ParallelImages ?? _settings.ParallelImages) - state.Record.Pulls.Keys.Count(image => !IsStalled(state, image));
        foreach (var image in _assessment.Images)
        {
            var key = image.Wanted.Key;
            if (free <= 0)
                yield break;
            if (state.Record.Pulls.ContainsKey(key) || IsLeaving(state, spec.Name, key) || IsLimited(state, image.Wanted) || Take(state, image, null) is not { Count: > 0 } nodes)
                continue;
            free--;
            var everywhere = nodes.Count == _assessment.Eligible.Length && spec.MaxNodesPulling is null && !_settings.LimitsNodes
                && _assessment.Nodes.Length <= state.PullsGranted.MostPods;
            yield return new PullStarted(
                key, image.Wanted.Image.ImageUrl, image.Wanted.Digest, PullNames.DaemonSet(spec.Name, key), everywhere ? null : [.. nodes], _now);
        }
    }

    /// <summary>What the service is told that there is, and would be begun.</summary>
    /// <param name="state">The machine.</param>
    /// <param name="started">Pulls that it has begun in all.</param>
    /// <param name="next">Pulls that it may not begin yet.</param>
    public PullWants Wants(MachineState state, long started, IReadOnlyList<PullStarted> next) => new(
        started,
        state.Record.Pulls.Count + state.Removing.Count,
        state.Record.Pulls.Sum(pull => Pods(pull.Key, pull.Value.Targets, state)) + LeavingPods(state),
        [.. next.Select(start => Pods(start.Image, start.Nodes is { } nodes ? PullTargets.On(nodes) : PullTargets.Everywhere, state))]);

    /// <summary>The same of a machine that is gone: what is left of it.</summary>
    public static PullWants Leaving(MachineState state) =>
        state.PullsWanted with { DaemonSets = state.Removing.Count, Pods = LeavingPods(state), Next = [] };

    private static int LeavingPods(MachineState state) => state.Removing.Sum(pull => state.View.PodsOf(pull).Count());

    // It goes to all nodes that lack the image when their turn comes; without a choice of nodes it is also on those that are not eligible.
    private int Pods(string image, PullTargets targets, MachineState state)
    {
        if (targets.Nodes is not { } nodes)
            return _assessment.Nodes.Length;
        var missing = _assessment.Images.FirstOrDefault(i => i.Wanted.Key == image)?.Missing.Count(node => !nodes.Contains(node.Name)) ?? 0;
        return Math.Min(nodes.Count + missing, Math.Max(nodes.Count, state.PullsGranted.MostPods));
    }

    /// <summary>The nodes that pull, and those that lack an image and could: what the service is asked to let pull.</summary>
    public ImmutableArray<string> NodesWanted(MachineState state) => !MayPull(state)
        ? [.. _load.Keys]
        : [.. _load.Keys.Concat(_assessment.Images
            .Where(image => !IsLimited(state, image.Wanted))
            .SelectMany(image => image.Missing.Where(node => !IsWaiting(state, image.Wanted, node.Name)).Select(node => node.Name))).Distinct()];

    /// <summary>When the pull last made progress.</summary>
    public static DateTimeOffset StalledSince(MachineState state, string image) =>
        state.Progress.TryGetValue(image, out var progress) ? progress.At : state.Record.Pulls[image].StartedAt;

    private static bool MayPull(MachineState state) => state.View.IsSynced && !state.Spec!.Paused;

    private bool IsStalled(MachineState state, string image) => _now - StalledSince(state, image) >= _settings.StallAfter;

    // The nodes that are to pull the image now, beside those that do; they count as pulling from here on.
    private List<string> Take(MachineState state, ImageAssessment image, PullTargets? covered)
    {
        var spec = state.Spec!;
        var parallel = spec.ParallelImages ?? _settings.ParallelImages;
        var nodes = new List<string>();
        var room = state.PullsGranted.MostPods - (covered?.Nodes?.Count ?? 0);
        foreach (var name in image.Missing.Select(node => node.Name))
        {
            if (nodes.Count >= room)
                break;
            var pulling = _load.GetValueOrDefault(name);
            if (covered?.Covers(name) == true || IsWaiting(state, image.Wanted, name) || pulling >= parallel)
                continue;
            if (_settings.LimitsNodes && state.Granted?.Contains(name) != true)
                continue;
            if (pulling == 0 && spec.MaxNodesPulling is { } most && _load.Count >= most)
                continue;
            _load[name] = pulling + 1;
            nodes.Add(name);
        }
        return nodes;
    }

    // The DaemonSet of an earlier pull has the name that this one needs; its pods outlive it by a moment, and would be judged as this one's.
    private bool IsLeaving(MachineState state, string machine, string image)
    {
        var name = PullNames.DaemonSet(machine, image);
        return state.Removing.Contains(name) || state.View.Pulls.ContainsKey(name)
            || state.View.PodsOf(name).Any(pod => _assessment.Eligible.Any(node => node.Name == pod.Node));
    }

    private bool IsLimited(MachineState state, WantedImage image) =>
        state.Limited.TryGetValue(image.Reference.Registry, out var until) && _now < until;

    private bool IsWaiting(MachineState state, WantedImage image, string node) =>
        (state.Record.Retries.TryGetValue(image.Key, out var retry)
            && retry.Digest == image.Digest && _now < retry.At && retry.Failures.ContainsKey(node))
        || state.Record.DoesNotStay(image.Key, node, _settings, _now);
}
