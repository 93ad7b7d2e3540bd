using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>
/// Which pulls begin or go to more nodes now. Images go in the order of priority; at most <c>parallel_images</c> pulls that make
/// progress are in flight, and at most so many on any one node; at most <c>max_nodes_pulling</c> nodes pull. A pull that has made no
/// progress for a while holds up only the nodes that it waits for.
/// </summary>
public static class PullPlan
{
    /// <summary>The events of the plan, none where nothing is to be done.</summary>
    public static IEnumerable<IMachineEvent> Next(
        MachineState state, Assessment assessment, IReadOnlyDictionary<string, ImmutableArray<NodePull>> judged, MachineSettings settings, DateTimeOffset now)
    {
        var spec = state.Record.Spec!;
        if (!state.View.IsSynced || spec.Paused)
            yield break;

        var parallel = spec.ParallelImages ?? settings.ParallelImages;
        var free = parallel - state.Record.Pulls.Keys.Count(image => !IsStalled(state, image, settings, now));
        var load = judged.Values.SelectMany(nodes => nodes)
            .Where(node => node.State == NodePullState.Pulling)
            .GroupBy(node => node.Node)
            .ToDictionary(g => g.Key, g => g.Count());
        foreach (var image in assessment.Images)
        {
            var key = image.Wanted.Key;
            var pull = state.Record.Pulls.GetValueOrDefault(key);
            if (image.Missing.IsEmpty || (pull is null && (free <= 0 || IsLeaving(state, spec.Name, key))))
                continue;

            var covered = pull?.Targets;
            var nodes = new List<string>();
            foreach (var node in image.Missing)
            {
                var pulling = load.GetValueOrDefault(node.Name);
                if (covered?.Covers(node.Name) == true || IsWaiting(state, image.Wanted, node.Name, now) || pulling >= parallel)
                    continue;
                if (pulling == 0 && spec.MaxNodesPulling is { } most && load.Count >= most)
                    continue;
                load[node.Name] = pulling + 1;
                nodes.Add(node.Name);
            }
            if (nodes.Count == 0)
                continue;
            if (pull is not null)
            {
                yield return new PullWidened(key, [.. nodes], now);
                continue;
            }
            free--;
            var everywhere = nodes.Count == assessment.Eligible.Length && spec.MaxNodesPulling is null;
            yield return new PullStarted(
                key, image.Wanted.Image.ImageUrl, image.Wanted.Digest, PullOrder.NameFor(spec.Name, key), everywhere ? null : [.. nodes], now);
        }
    }

    /// <summary>The pull has made no progress for so long that another may begin.</summary>
    public static bool IsStalled(MachineState state, string image, MachineSettings settings, DateTimeOffset now) =>
        now - StalledSince(state, image) >= settings.StallAfter;

    /// <summary>When the pull last made progress.</summary>
    public static DateTimeOffset StalledSince(MachineState state, string image) =>
        state.Progress.TryGetValue(image, out var progress) ? progress.At : state.Record.Pulls[image].StartedAt;

    // The DaemonSet of an earlier pull has the name that this one needs.
    private static bool IsLeaving(MachineState state, string machine, string image)
    {
        var name = PullOrder.NameFor(machine, image);
        return state.Removing.Contains(name) || state.View.Pulls.ContainsKey(name);
    }

    private static bool IsWaiting(MachineState state, WantedImage image, string node, DateTimeOffset now) =>
        state.Record.Retries.TryGetValue(image.Key, out var retry)
        && retry.Digest == image.Digest && now < retry.At && retry.Failures.ContainsKey(node);
}
