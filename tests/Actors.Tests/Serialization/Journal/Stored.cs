using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;

namespace CacheMachine.Actors.Tests.Serialization.Journal;

/// <summary>One value of each kind that is stored, with every field set to something that is not its default.</summary>
internal static class Stored
{
    private const string Image = "registry.example:5000/lsst/lab:w_2021_22";

    private static readonly DateTimeOffset At = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567);

    internal static readonly ImmutableArray<DesiredImage> Images = [new(Image, Facts.Digest('1'), "Weekly 2021_22"), new("busybox", null, "Größe \"1\" <&>")];

    private static readonly ImmutableSortedDictionary<string, string> Failures =
        ImmutableSortedDictionary<string, string>.Empty.Add("n2", "ErrImagePull: manifest unknown").Add("n3", "no progress for 30 min");

    internal static readonly MachineSpec Spec = new()
    {
        Name = "jupyter",
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k8s.example/role", "worker").Add("zone", "a"),
        RepoMen =
        [
            new SimpleRepoManSpec(Images),
            new RubinRepoManSpec
            {
                RegistryUrl = "registry.example:5000", Repo = "lsst/lab", RecommendedTag = "recommended", NumReleases = 1, NumWeeklies = 2,
                NumDailies = 3, Cycle = 20, AliasTags = ["latest", "latest_weekly"],
            },
        ],
        NodeSelectorTerms = [new([new("size", "Gt", ["3"]), new("gpu", "Exists", [])]), new([new("zone", "NotIn", ["b", "c"])])],
        Tolerations = [new("dedicated", "Equal", "notebooks", "NoSchedule"), new("", "Exists", "", "")],
        ParallelImages = 4,
        MaxNodesPulling = 100,
        PullTimeout = TimeSpan.FromMinutes(45),
        ImagePullSecrets = ["registry-one", "registry-two"],
        PriorityClass = "low",
        PodResources = new(
            ImmutableSortedDictionary<string, string>.Empty.Add("cpu", "10m"), ImmutableSortedDictionary<string, string>.Empty.Add("memory", "64Mi")),
        PullPolicy = "IfNotPresent",
        Paused = true,
    };

    private static readonly IMachineEvent[] Life =
    [
        new MachineConfigured(5, Spec, At),
        new RepoListChanged(0, Images, [Images[0]], At),
        new PullStarted(Image, Image, Facts.Digest('1'), "jupyter-0123456789", ["n1", "n2", "n3"], At),
        new PullEnded(Image, PullOutcome.Failed, null, [new("n1", "uid-1", "boot-1", Facts.Digest('1'))], Failures, At.AddMinutes(1), At),
        new PullStarted("docker.io/library/busybox:latest", "busybox", null, "jupyter-abcdef0123", null, At),
        new PullStarted(Image, Image, Facts.Digest('1'), "jupyter-0123456789", ["n4"], At.AddSeconds(30)),
        new EvidenceEnded("docker.io/library/busybox:latest", ["n7"], "it was removed there", true, At.AddSeconds(40)),
    ];

    /// <summary>The value that the golden file of the manifest holds.</summary>
    public static object Of(string manifest) => manifest switch
    {
        "machine-configured/2" => Life[0],
        "machine-deleted/2" => new MachineDeleted(7, At),
        "repo-list-changed/1" => new RepoListChanged(1, Images, [Images[1]], At),
        "pull-started/1" => Life[2],
        "pull-widened/1" => new PullWidened(Image, ["n4", "n5"], At),
        "pull-ended/1" => new PullEnded(
            Image, PullOutcome.Cancelled, "the image is no longer wanted",
            [new("n1", "uid-1", "boot-1", Facts.Digest('1')), new("n4", "uid-4", "boot-4", null)], Failures, At.AddMinutes(1), At),
        "evidence-ended/1" => new EvidenceEnded(Image, ["n1", "n2"], "the node reports all its images, and not this one", true, At),
        "machine-record/2" => Life.Aggregate(MachineRecord.Empty, (record, e) => record.Apply(e)),
        "machine-created/2" => new MachineCreated(6, Spec),
        "machine-removing/2" => new MachineRemoving("jupyter", 8),
        "machine-removed/1" => new MachineRemoved("jupyter"),
        "machine-register/1" => MachineRegister.Empty
            .Apply(new MachineCreated(6, Spec)).Apply(new MachineCreated(7, Spec with { Name = "ci" })).Apply(new MachineCreated(8, Spec with { Name = "old" }))
            .Apply(new MachineRemoving("old", 9)),
        _ => throw new ArgumentOutOfRangeException(nameof(manifest), manifest, "give the new manifest a value here"),
    };
}
