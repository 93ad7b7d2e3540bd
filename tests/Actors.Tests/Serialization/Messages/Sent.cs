using System.Collections.Immutable;
using System.Text;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.Actors.Tests.Serialization.Journal;

namespace CacheMachine.Actors.Tests.Serialization.Messages;

/// <summary>One value of each kind that travels between replicas, with every field set to something that is not its default.</summary>
internal static class Sent
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567);

    /// <summary>The value that the golden file of the manifest holds.</summary>
    public static object Of(string manifest) => manifest switch
    {
        "create-machine/1" => new CreateMachine(Stored.Spec),
        "remove-machine/1" => new RemoveMachine("jupyter"),
        "list-machines/1" => ListMachines.Instance,
        "configure-machine/1" => new ConfigureMachine(7, Stored.Spec, WantsAnswer: false),
        "delete-machine/1" => new DeleteMachine("jupyter", 8),
        "get-machine/1" => new GetMachine("jupyter", NodeDetail.Summary, At),
        "get-machine-images/1" => new GetMachineImages("jupyter", At),
        "machine-names/1" => new MachineNames(["jupyter", "other"]),
        "machine-status/1" => Status,
        "machine-images/1" => new MachineImages(Stored.Images, [Stored.Images[0]], Stored.Images),
        "machine-not-found/1" => new MachineNotFound("jupyter"),
        "too-many-machines/1" => new TooManyMachines(1000),
        "not-stored/1" => new NotStored("append to the journal of 'x': the database is away. Nothing was stored."),
        "not-seen-yet/1" => new NotSeenYet(Status, new MachineImages(Stored.Images, [], Stored.Images)),
        "read-copy/1" => new ReadCopy(At, 3114, "machine-names/1", Encoding.UTF8.GetBytes("compressed"), IsShort: true),
        "machine-gone/1" => new MachineGone("jupyter", 8),
        _ => throw new ArgumentOutOfRangeException(nameof(manifest), manifest, "give the new manifest a value here"),
    };

    private static MachineStatus Status => new()
    {
        Name = "jupyter",
        Labels = Stored.Spec.Labels,
        CommonCache = [new("registry.example/lab:1", Facts.Digest('2'), ["1", "latest"])],
        AllImages = Stored.Images,
        AvailableImages = [Stored.Images[1]],
        DesiredImages = Stored.Images,
        ImagesToCache = [Stored.Images[0]],
        Phase = MachinePhase.NoNodes,
        Message = "no node is eligible: Größe \"1\" <&>",
        Nodes = [new("n1", true, null, ["registry.example/lab:1"], 2), new("n2", false, "it is cordoned", [])],
        NodeCounts = new(3, 2, 1),
        Pulls =
        [
            new(
                "registry.example/lab:1", "waiting", 1, 2, ImmutableSortedDictionary<string, string>.Empty.Add("n2", "ErrImagePull"),
                At, At.AddMinutes(1), 3, 4),
            new("busybox", "pulling", 0, 2, ImmutableSortedDictionary<string, string>.Empty, null, null, 0),
        ],
    };
}
