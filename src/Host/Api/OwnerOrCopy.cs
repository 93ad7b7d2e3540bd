using System.Collections.Immutable;
using System.Globalization;
using Akka.Cluster;
using Akka.Hosting;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Api;

/// <summary>
/// Answers reads whatever is away: first the one who knows is asked, for at most <see cref="Soon"/>; then what this replica has kept of its last answer
/// is given, marked as stale.
/// </summary>
internal sealed class OwnerOrCopy(
    ActorSystem system, IRequiredActor<MachineSupervisorActor> supervisor, IRequiredActor<MachineActor> machines, PatientAsk ask, TimeProvider time)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1), Late = TimeSpan.FromSeconds(5);

    // By so much the clocks of two replicas may differ.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <summary>The names of the machines.</summary>
    public Task<IResult> NamesAsync(HttpContext http) => AnswerAsync(
        http, CopyKeys.Machines, "the list of machines", supervisor.ActorRef, _ => ListMachines.Instance, answer =>
            answer is MachineNames known
            ? Answers.Json(known.Names, ApiJson.Plain.ImmutableArrayString)
            : null);

    /// <summary>Where a machine stands.</summary>
    public Task<IResult> MachineAsync(HttpContext http, string name, NodeDetail nodes = NodeDetail.Auto) => OfMachineAsync(
        http, name, until => new GetMachine(name, nodes, until), answer => answer switch
        {
            MachineStatus status => Answers.Json(status, ApiJson.Plain.MachineStatus),
            MachineNotFound => Problems.NoMachine(name),
            _ => null,
        });

    /// <summary>Images of a machine.</summary>
    public Task<IResult> ImagesAsync(HttpContext http, string name, Func<MachineImages, ImmutableArray<DesiredImage>> which) => OfMachineAsync(
        http, name, until => new GetMachineImages(name, until), answer => answer switch
        {
            MachineImages images => Answers.Json(new ImageLists(which(images), images.All), ApiJson.Plain.ImageLists),
            MachineStatus copy => Answers.Json(new ImageLists(which(new(copy.DesiredImages, copy.AvailableImages, copy.AllImages)), copy.AllImages), ApiJson.Plain.ImageLists),
            MachineNotFound => Problems.NoMachine(name),
            _ => null,
        });

    // No machine has a name that a POST would refuse, so no actor is made to find that out.
    private Task<IResult> OfMachineAsync(
        HttpContext http, string name, Func<DateTimeOffset, object> question, Func<object, IResult?> show) =>
        SpecRules.MachineName(name) is null
            ? AnswerAsync(http, CopyKeys.Machine(name), $"machine '{name}'", machines.ActorRef, question, show)
            : Task.FromResult(Problems.NoMachine(name));

    private async Task<IResult> AnswerAsync(
        HttpContext http, string key, string what, IActorRef owner, Func<DateTimeOffset, object> question, Func<object, IResult?> show)
    {
        var copy = await system.ReadCopyAsync(key, http.RequestAborted);
        // Nobody is asked who cannot answer.
        if (copy is not null && IsUnreachable(copy.UpdatedBy.Address) && FromCopy(http, copy.Value, show) is { } known)
            return known;
        var wait = copy is null ? Late : Soon;
        var asked = await ask.AskAsync(owner, question(TimeProvider.System.GetUtcNow() + wait + ClockTolerance), wait, http.RequestAborted);
        var unseen = asked.Answer as NotSeenYet;
        if (asked.Answer is { } answer && unseen is null)
            return show(answer) ?? throw new InvalidOperationException($"an actor answered with {answer.GetType().Name}");
        // It may have come meanwhile.
        copy ??= await system.ReadCopyAsync(key, http.RequestAborted);
        if (copy is not null && FromCopy(http, copy.Value, show) is { } kept)
            return kept;
        return (unseen?.Status ?? (object?)unseen?.Images) is { } little && show(little) is { } all
            ? all
            : Problems.Busy(http.Response, $"{what} cannot be asked just now, and this replica knows no earlier answer: {asked.Why}");
    }

    private IResult? FromCopy(HttpContext http, ReadCopy copy, Func<object, IResult?> show)
    {
        if (copy.IsGone)
            return show(new MachineNotFound(""));
        if (CopyPacking.Unpack(system.Serialization, copy) is not { } answer || show(answer) is not { } shown)
            return null;
        var headers = http.Response.Headers;
        headers.Append("Warning", "110 - \"Response is Stale\"");
        if (copy.IsShort)
            headers.Append("Warning", "199 - \"Short Form\"");
        headers.LastModified = copy.At.ToString("R", CultureInfo.InvariantCulture);
        headers.Age = Math.Max(0, (long)(time.GetUtcNow() - copy.At).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        // With the time alone a cache may think that it lasts.
        headers.CacheControl = "no-store";
        return shown;
    }

    private bool IsUnreachable(Address address) => Cluster.Get(system).State.Unreachable.Any(member => member.Address == address);
}
