using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>Makes the answers of a machine from its state.</summary>
public static class StatusReport
{
    private const int MostMissing = 20_000, FewErrors = 3;

    /// <summary>The images of a machine that exists.</summary>
    public static MachineImages Images(MachineState state)
    {
        var assessment = Assessment.Of(state);
        return new(Desired(assessment, _ => true), Desired(assessment, image => IsAvailable(state, assessment, image)), All(state));
    }

    /// <summary>Everything about a machine that exists.</summary>
    public static MachineStatus Of(MachineState state, MachineSettings settings, DateTimeOffset now, NodeDetail detail = NodeDetail.Auto)
    {
        var spec = state.Spec!;
        var assessment = Assessment.Of(state);
        var isShort = detail is NodeDetail.Summary or NodeDetail.None || (detail == NodeDetail.Auto && IsMuch(assessment));
        var pulls = PullReport.Of(state, assessment, settings, now, isShort ? FewErrors : int.MaxValue);
        var (phase, message) = PhaseReport.Of(state, assessment, pulls, now);
        var (nodes, counts) = NodeReport.Of(assessment, isShort);
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
            Nodes = detail == NodeDetail.None ? [] : nodes,
            NodeCounts = counts,
            Pulls = detail == NodeDetail.None ? [.. pulls.Select(pull => pull with { Errors = pull.Errors.Clear() })] : pulls,
        };
    }

    // A line each for so many nodes, or so many images that nodes lack, is some megabytes.
    private static bool IsMuch(Assessment assessment) =>
        assessment.Nodes.Length > NodeReport.Most || assessment.Images.Sum(image => (long)image.Missing.Length) > MostMissing;

    private static bool IsAvailable(MachineState state, Assessment assessment, ImageAssessment image) =>
        state.View.IsSynced && assessment.IsAvailable(image);

    private static ImmutableArray<DesiredImage> Desired(Assessment assessment, Func<ImageAssessment, bool> which) =>
        [.. assessment.Images.Where(which).Select(image => image.Wanted.Image)];

    private static ImmutableArray<DesiredImage> All(MachineState state) => [.. state.Record.Lists.Values.SelectMany(list => list.All)];
}
