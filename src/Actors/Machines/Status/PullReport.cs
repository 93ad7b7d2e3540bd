using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What a machine says of its pulls.</summary>
internal static class PullReport
{
    /// <summary>Each image that is being pulled, or waits to be tried again.</summary>
    /// <param name="state">The machine.</param>
    /// <param name="assessment">What is where.</param>
    /// <param name="settings">Defaults.</param>
    /// <param name="now">The time.</param>
    /// <param name="mostErrors">Nodes of each pull whose reason is told.</param>
    public static ImmutableArray<PullStatus> Of(
        MachineState state, Assessment assessment, MachineSettings settings, DateTimeOffset now, int mostErrors)
    {
        var timeout = state.Spec!.PullTimeout ?? settings.PullTimeout;
        var pulls = ImmutableArray.CreateBuilder<PullStatus>();
        foreach (var image in assessment.Images)
        {
            var key = image.Wanted.Key;
            var pull = state.Record.Pulls.GetValueOrDefault(key);
            var retry = state.Record.Retries.GetValueOrDefault(key) is { } r && r.Digest == image.Wanted.Digest ? r : null;
            var judged = pull is null
                ? []
                : assessment.Judge(key, pull, timeout, now).Where(node => node.Reason is not null)
                    .ToDictionary(node => node.Node, node => node.Reason!, StringComparer.Ordinal);
            var limited = pull is null ? Limited(state, image.Wanted, now) : null;
            var errors = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var count = 0;
            if (judged.Count > 0 || limited is not null || retry is not null || state.Record.Removals.ContainsKey(key))
            {
                foreach (var node in image.Missing)
                {
                    if (Why(node.Name) is not { } why)
                        continue;
                    if (count++ < mostErrors)
                        errors[node.Name] = why;
                }
            }
            if (pull is not null || count > 0)
            {
                var total = assessment.Eligible.Length;
                pulls.Add(new PullStatus(
                    image.Wanted.Image.ImageUrl, pull is null ? "waiting" : "pulling", total - image.Missing.Length, total,
                    errors.ToImmutable(), pull?.StartedAt, retry?.At, retry?.Attempts ?? 0, count));
            }

            string? Why(string node) =>
                judged.TryGetValue(node, out var reason) ? reason
                : state.Record.DoesNotStay(key, node, settings, now) ? "does not stay: the node's disk is too small"
                : retry?.Failures.GetValueOrDefault(node) ?? limited;
        }
        return pulls.ToImmutable();
    }

    private static string? Limited(MachineState state, WantedImage image, DateTimeOffset now)
    {
        var registry = image.Reference.Registry;
        return state.Limited.TryGetValue(registry, out var until) && now < until
            ? $"the registry {registry} asked for fewer requests; tried again in {Words.Of(until - now)}"
            : null;
    }
}
