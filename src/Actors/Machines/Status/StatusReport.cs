using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>Makes the answers of a machine from its state.</summary>
public static class StatusReport
{
    /// <summary>The images of a machine that exists.</summary>
    public static MachineImages Images(MachineState state)
    {
        var assessment = Assessment.Of(state);
        return new(Desired(assessment, _ => true), Desired(assessment, image => IsAvailable(state, assessment, image)), All(state));
    }

    /// <summary>Everything about a machine that exists.</summary>
    public static MachineStatus Of(MachineState state, MachineSettings settings, DateTimeOffset now)
    {
        var spec = state.Spec!;
        var assessment = Assessment.Of(state);
        var pulls = Pulls(state, assessment, settings, now);
        var (phase, message) = PhaseReport.Of(state, assessment, pulls, now);
        return new MachineStatus
        {
            Name = spec.Name,
            Labels = spec.Labels,
            CommonCache = CommonCache.Of(assessment.Eligible),
            AllImages = All(state),
            AvailableImages = Desired(assessment, image => IsAvailable(state, assessment, image)),
            DesiredImages = Desired(assessment, _ => true),
            ImagesToCache = Desired(assessment, image => !IsAvailable(state, assessment, image)),
            Phase = phase,
            Message = message,
            Nodes = [.. assessment.Nodes.Select(n => new NodeStatus(
                n.Node.Name, n.Eligibility.IsEligible, n.Eligibility.Reason,
                [.. assessment.Images.Where(image => image.Missing.Any(node => node.Name == n.Node.Name)).Select(image => image.Wanted.Image.ImageUrl)]))],
            Pulls = pulls,
        };
    }

    private static bool IsAvailable(MachineState state, Assessment assessment, ImageAssessment image) =>
        state.View.IsSynced && assessment.IsAvailable(image);

    private static ImmutableArray<DesiredImage> Desired(Assessment assessment, Func<ImageAssessment, bool> which) =>
        [.. assessment.Images.Where(which).Select(image => image.Wanted.Image)];

    private static ImmutableArray<DesiredImage> All(MachineState state) => [.. state.Record.Lists.Values.SelectMany(list => list.All)];

    private static ImmutableArray<PullStatus> Pulls(MachineState state, Assessment assessment, MachineSettings settings, DateTimeOffset now)
    {
        var timeout = state.Spec!.PullTimeout ?? settings.PullTimeout;
        var pulls = ImmutableArray.CreateBuilder<PullStatus>();
        foreach (var image in assessment.Images)
        {
            var pull = state.Record.Pulls.GetValueOrDefault(image.Wanted.Key);
            var retry = state.Record.Retries.GetValueOrDefault(image.Wanted.Key) is { } r && r.Digest == image.Wanted.Digest ? r : null;
            var missing = image.Missing.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
            var errors = (retry?.Failures ?? ImmutableSortedDictionary<string, string>.Empty).Where(failure => missing.Contains(failure.Key)).ToDictionary();
            foreach (var node in missing.Where(node => state.Record.DoesNotStay(image.Wanted.Key, node, settings, now)))
                errors[node] = "does not stay: the node's disk is too small";
            if (pull is null && state.Limited.TryGetValue(image.Wanted.Reference.Registry, out var until) && now < until)
                missing.ToList().ForEach(node => errors.TryAdd(node, $"the registry {image.Wanted.Reference.Registry} asked for fewer requests; tried again in {Words.Of(until - now)}"));
            if (pull is null && errors.Count == 0)
                continue;
            if (pull is not null)
            {
                foreach (var node in assessment.Judge(image.Wanted.Key, pull, timeout, now).Where(node => node.Reason is not null))
                    errors[node.Node] = node.Reason!;
            }
            pulls.Add(new PullStatus(
                image.Wanted.Image.ImageUrl, pull is null ? "waiting" : "pulling", assessment.Eligible.Length - missing.Count, assessment.Eligible.Length,
                errors.ToImmutableSortedDictionary(StringComparer.Ordinal), pull?.StartedAt, retry?.At, retry?.Attempts ?? 0));
        }
        return pulls.ToImmutable();
    }
}
