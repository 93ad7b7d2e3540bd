using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>Where a machine stands, and why, in words that need no manual.</summary>
internal static class PhaseReport
{
    public static (MachinePhase Phase, string Message) Of(
        MachineState state, Assessment assessment, ImmutableArray<PullStatus> pulls, DateTimeOffset now)
    {
        var (phase, message) = Stand(state, assessment, pulls, now);
        var troubles = state.RepoTroubles.Select(t => $"repository manager {t.Key}: {t.Value.Error} (asked again {When(t.Value.RetryAt, now)})")
            .Concat(state.View.Troubles.Select(t => $"watching {t.Key.InWords()}: {t.Value}"));
        return (phase, string.Join("; ", troubles.Prepend(message)));
    }

    private static (MachinePhase, string) Stand(MachineState state, Assessment assessment, ImmutableArray<PullStatus> pulls, DateTimeOffset now)
    {
        var spec = state.Spec!;
        if (!state.View.IsSynced)
            return (MachinePhase.Starting, "the cluster has not been listed yet");
        if (spec.RepoMen.IsEmpty)
            return (MachinePhase.Ready, "the machine has no repository managers, so no image is desired");
        var unlisted = Enumerable.Range(0, spec.RepoMen.Length).Where(i => !state.Record.Lists.ContainsKey(i)).ToArray();
        if (unlisted.Length > 0 && assessment.Images.IsEmpty)
            return (MachinePhase.Starting, $"no list yet from repository manager {string.Join(", ", unlisted)}");
        if (assessment.Nodes.IsEmpty)
            return (MachinePhase.NoNodes, $"none of {Words.Count(state.View.Nodes.Count, "node")} matches the labels {Labels(spec)}");
        if (assessment.Eligible.IsEmpty)
            return (MachinePhase.NoNodes, $"none of {Words.Count(assessment.Nodes.Length, "matching node")} is eligible: {Reasons(assessment)}");
        if (assessment.Images.IsEmpty)
            return (MachinePhase.Ready, "the repositories have no image that is desired");

        var missing = assessment.Images.Count(image => !image.Missing.IsEmpty);
        var have = $"{assessment.Images.Length - missing} of {Words.Count(assessment.Images.Length, "image")} on all of {Words.Count(assessment.Eligible.Length, "eligible node")}";
        if (missing == 0)
            return (MachinePhase.Ready, have);
        var pulling = pulls.Count(pull => pull.State == "pulling");
        if (pulling > 0)
            return (MachinePhase.Pulling, $"{have}; pulling {pulling}{Failing(pulls, now)}");
        if (!state.PullsWanted.Next.IsEmpty)
            return (MachinePhase.Waiting, $"{have}; waiting until other pulls have ended (pull.max-daemon-sets, max-pods){Failing(pulls, now)}");
        if (spec.Paused)
            return (MachinePhase.Paused, $"{have}; paused");
        return (MachinePhase.Waiting, $"{have}{Failing(pulls, now)}");
    }

    private static string Failing(ImmutableArray<PullStatus> pulls, DateTimeOffset now)
    {
        var waiting = pulls.Where(pull => pull.State == "waiting" && pull.Errors.Count > 0).ToArray();
        if (waiting.Length == 0)
            return "";
        var (node, reason) = waiting[0].Errors.First();
        var next = waiting[0].RetryAt is { } at ? $", tried again {When(at, now)}" : "";
        return $"; {Words.Count(waiting.Length, "image")} could not be pulled, first {waiting[0].Image} on {node}: {reason}{next}";
    }

    private static string Reasons(Assessment assessment) =>
        string.Join(", ", assessment.Nodes.GroupBy(n => n.Eligibility.Reason).OrderByDescending(g => g.Count()).Take(3).Select(g => $"{g.Count()}x {g.Key}"));

    private static string Labels(MachineSpec spec) =>
        spec.Labels.IsEmpty && spec.NodeSelectorTerms.IsEmpty ? "(none asked)"
        : string.Join(",", spec.Labels.Select(label => $"{label.Key}={label.Value}").Concat(spec.NodeSelectorTerms.IsEmpty ? [] : ["and node selector terms"]));

    private static string When(DateTimeOffset at, DateTimeOffset now) => at <= now ? "now" : $"in {Words.Of(at - now)}";
}
