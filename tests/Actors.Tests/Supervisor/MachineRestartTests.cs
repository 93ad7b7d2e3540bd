using System.Collections.Immutable;
using System.Text;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>All actors together, over the end of their process.</summary>
public sealed class MachineRestartTests
{
    private static readonly string A = Facts.PullOf("m", "a:1"), B = Facts.PullOf("m", "b:1");

    [Fact]
    public async Task A_restart_brings_everything_back_and_adopts_what_runs()
    {
        await using var service = Start();
        await service.CreateAsync(Facts.Spec("m", "a:1", "b:1"));
        await service.Until(() => service.Cluster.DaemonSets.Count == 2, "both images are being pulled");
        Pulled(service, B);
        await service.Until(() => service.Cluster.DaemonSets.Count == 1, "one is finished");
        var uid = service.Cluster.UidOf(A);
        await service.RestartAsync();

        Assert.Equal(["m"], await service.NamesAsync());
        await service.Until(() => service.Cluster.Asked("ensure").Count() == 3, "the DaemonSet is ensured again");
        Assert.Equal(uid, service.Cluster.UidOf(A));
        await service.Until(async () => (await service.StatusAsync("m")).AvailableImages.Length == 1, "what was pulled is available");

        Pulled(service, A);
        await service.Until(async () => (await service.StatusAsync("m")).Phase == MachinePhase.Ready, "the rest is available");
        await service.Until(() => service.Cluster.DaemonSets.Count == 0, "the DaemonSets are gone");

        await service.RestartAsync();
        await service.Until(async () => (await service.StatusAsync("m")).Phase == MachinePhase.Ready, "all is available after another restart");
        Assert.Equal(3, service.Cluster.Asked("ensure").Count());
    }

    [Fact]
    public async Task A_restart_while_the_API_fails_loses_nothing()
    {
        await using var service = Start();
        service.Cluster.Failure = "503";
        await service.CreateAsync(Facts.Spec("m", "a:1"));
        await service.Until(() => service.Cluster.Asked("ensure").Any(), "the pull is tried");
        await service.RestartAsync();
        service.Cluster.Failure = null;
        await service.Until(() => service.Cluster.UidOf(A) is not null, "the DaemonSet is made");
    }

    [Fact]
    public async Task A_crash_between_recorded_and_started_heals()
    {
        await using var service = Start(run: false);
        await service.Store.RecordAsync(MachineSupervisorActor.Id, new MachineCreated(1, Facts.Spec("m", "a:1")));
        service.Run();

        await service.Until(() => service.Cluster.UidOf(A) is not null, "the machine pulls");
        Assert.Equal(["m"], await service.NamesAsync());
        Assert.Contains(("cachemachine-m", "machine-configured/2"), service.Store.Written);
    }

    [Fact]
    public async Task A_crash_between_recorded_and_configured_anew_heals()
    {
        await using var service = Start(run: false);
        await service.Store.RecordAsync(MachineSupervisorActor.Id, new MachineCreated(1, Facts.Spec("m", "a:1")));
        await service.Store.RecordAsync(MachineSupervisorActor.Id, new MachineCreated(2, Facts.Spec("m", "b:1")));
        await service.Store.RecordAsync("cachemachine-m", new MachineConfigured(1, Facts.Spec("m", "a:1"), service.Time.GetUtcNow()));
        service.Run();

        await service.Until(() => service.Cluster.UidOf(B) is not null, "the machine pulls what it was told last");
        await service.Until(() => service.Cluster.UidOf(A) is null, "and nothing else");
    }

    [Fact]
    public async Task A_removal_that_was_interrupted_is_finished()
    {
        await using var service = Start();
        await service.CreateAsync(Facts.Spec("m", "a:1"));
        await service.Until(() => service.Cluster.UidOf(A) is not null, "the pull has begun");
        service.Cluster.Failure = "503";
        service.Supervisor.Tell(new RemoveMachine("m"), ActorRefs.NoSender);
        await service.Until(() => service.Cluster.Asked("delete").Any(), "the removal has begun");
        await service.StopAsync();
        service.Cluster.Failure = null;
        service.Run();

        await service.Until(() => service.Store.Written.Contains((MachineSupervisorActor.Id, "machine-removed/1")), "the removal is recorded");
        await service.Until(() => service.Cluster.DaemonSets.Count == 0, "the DaemonSet is gone");
        Assert.Empty(await service.NamesAsync());
    }

    [Fact]
    public async Task An_interrupted_removal_leaves_no_DaemonSet_although_nothing_else_happens()
    {
        await using var service = Start(run: false);
        service.Cluster.Plant(A, "m");
        await service.Store.RecordAsync(MachineSupervisorActor.Id, new MachineCreated(1, Facts.Spec("m", "a:1")));
        await service.Store.RecordAsync(MachineSupervisorActor.Id, new MachineRemoving("m", 2));
        await service.Store.RecordAsync("cachemachine-m", new MachineConfigured(1, Facts.Spec("m", "a:1"), service.Time.GetUtcNow()));
        await service.Store.RecordAsync("cachemachine-m", new MachineDeleted(2, service.Time.GetUtcNow()));
        // The cluster is seen before the machine says that it is gone.
        var gate = service.Store.HoldReads("cachemachine-m");
        service.Run();
        await service.Quiet(TimeSpan.FromSeconds(1));
        gate.SetResult();

        await service.Until(() => service.Cluster.DaemonSets.Count == 0, "the DaemonSet is gone");
        Assert.Empty(await service.NamesAsync());
    }

    [Fact]
    public async Task Snapshots_are_taken_and_give_the_state_that_the_whole_journal_gives()
    {
        await using var service = Start(settings: new MachineSettings { SnapshotEvery = 4, RetryMin = TimeSpan.FromHours(1) });
        var spec = Facts.Spec("m", "a:1", "b:1", "c:1");
        await service.CreateAsync(spec);
        await service.Until(() => service.Cluster.DaemonSets.Count == 3, "all are being pulled");
        Pulled(service, A);
        service.Cluster.PodSays(B, "n1", PullPodState.PullFailed, reason: "ErrImagePull: no such tag");
        Pulled(service, B, "n2");
        await service.Until(() => service.Cluster.DaemonSets.Count == 1, "one is pulled and one has failed");

        await service.Until(async () => await SnapshotAsync(service) is not null, "there is a snapshot");
        var (stored, at) = (await SnapshotAsync(service))!.Value;
        var events = await EventsAsync(service);
        Assert.True(at >= 4);
        Assert.Equal(Text(events.Take((int)at).Aggregate(MachineRecord.Empty, (record, e) => record.Apply(e))), Text(stored));

        var before = await service.StatusAsync("m");
        await service.RestartAsync();
        await service.Until(async () => (await service.StatusAsync("m")).AvailableImages.Length == 1, "the cluster is seen again");
        var after = await service.StatusAsync("m");
        Assert.Equal(before.DesiredImages.AsEnumerable(), after.DesiredImages);
        Assert.Equal(before.AvailableImages.AsEnumerable(), after.AvailableImages);
        Assert.Equal(Shown(before), Shown(after));
    }

    private static IEnumerable<string> Shown(MachineStatus status) => status.Pulls.Select(
        pull => $"{pull.Image} {pull.State} {pull.NodesDone}/{pull.NodesTotal} {string.Join(",", pull.Errors)} {pull.StartedAt:O} {pull.RetryAt:O} {pull.Attempts}");

    private static MachineService Start(MachineSettings? settings = null, bool run = true)
    {
        var service = run ? MachineService.Start(null, settings) : MachineService.Stopped(null, settings);
        service.Cluster.Join("n1");
        service.Cluster.Join("n2");
        return service;
    }

    private static void Pulled(MachineService service, string pull, params string[] nodes)
    {
        foreach (var node in nodes.Length == 0 ? ["n1", "n2"] : nodes)
            service.Cluster.PodSays(pull, node, PullPodState.Pulled, Facts.Digest('1'));
    }

    private static async Task<(MachineRecord Record, long At)?> SnapshotAsync(MachineService service) =>
        await service.Store.Tables.SnapshotsAsync("cachemachine-m") is [var (snapshot, at), ..] ? ((MachineRecord)snapshot, at) : null;

    private static async Task<ImmutableArray<IMachineEvent>> EventsAsync(MachineService service) =>
        [.. (await service.Store.Tables.EventsAsync("cachemachine-m")).Cast<IMachineEvent>()];

    private static string Text(MachineRecord record) => Encoding.UTF8.GetString(new JournalSerializer(null).ToBinary(record));
}
