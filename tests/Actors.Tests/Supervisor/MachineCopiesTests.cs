using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>What is left to read of machines that cannot be asked.</summary>
public sealed class MachineCopiesTests : IAsyncLifetime
{
    private static readonly string A = Facts.PullOf("m", "a:1");

    private MachineService _service = null!;

    public async Task InitializeAsync()
    {
        _service = MachineService.Start();
        _service.Cluster.Join("n1");
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => _service.Cluster.UidOf(A) is not null, "the pull has begun");
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_copy_of_a_machine_says_what_the_machine_says_until_it_is_gone()
    {
        _service.Cluster.PodSays(A, "n1", PullPodState.Pulled, Facts.Digest('1'));
        await _service.Until(async () => (await StatusAsync("m"))?.Phase == MachinePhase.Ready, "the copy says that all is available");
        Assert.Equal(["a:1"], (await StatusAsync("m"))!.AvailableImages.Select(image => image.Name));
        await _service.Until(async () => (await NamesAsync())?.Names is ["m"], "the list has it");

        await MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        await _service.Until(async () => await CopyAsync(CopyKeys.Machine("m")) is { IsGone: true }, "the copy says that it is gone");
        await _service.Until(async () => (await NamesAsync())!.Names.IsEmpty, "the list is empty");

        await _service.CreateAsync(Facts.Spec("m", "b:1"));
        await _service.Until(async () => (await StatusAsync("m"))?.DesiredImages is [{ Name: "b:1" }], "it is there again");
    }

    [Fact]
    public async Task A_name_that_somebody_asks_for_and_nobody_made_has_no_copy()
    {
        Assert.IsType<MachineNotFound>(await MachineService.AskAsync(_service.Machines, new GetMachine("nobody")));
        await _service.Quiet(TimeSpan.FromSeconds(2));
        Assert.Null(await CopyAsync(CopyKeys.Machine("nobody")));
    }

    [Fact]
    public async Task While_nothing_can_be_stored_the_machine_and_its_copy_say_what_is_available()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1", "b:1"));
        var b = Facts.PullOf("m", "b:1");
        await _service.Until(() => _service.Cluster.UidOf(A) is not null && _service.Cluster.UidOf(b) is not null, "both are being pulled");
        _service.Cluster.PodSays(A, "n1", PullPodState.Pulled, Facts.Digest('1'));
        await _service.Until(async () => (await StatusAsync("m"))?.AvailableImages is [{ Name: "a:1" }], "the copy says that one is available");
        await _service.Until(() => _service.Cluster.UidOf(A) is null, "its pull is over");
        _service.Store.RefusesWrites = "database or disk is full";
        var refused = Assert.IsType<NotStored>(await MachineService.AskAsync(_service.Supervisor, new CreateMachine(Facts.Spec("new"))));
        Assert.Equal("database or disk is full", refused.Why);
        Assert.Equal("database or disk is full", _service.Troubles.Recent);

        // That the other one cannot be pulled cannot be stored, and the machine's actor ends and comes again and again.
        var recoveries = _service.Store.Recoveries;
        _service.Cluster.PodSays(b, "n1", PullPodState.PullFailed, reason: "ErrImagePull: no such tag");
        await _service.Until(
            async () =>
            {
                var answer = await MachineService.AskAsync(_service.Machines, new GetMachineImages("m"));
                Assert.Equal(answer is NotStored, answer is not MachineImages { Available: [{ Name: "a:1" }] });
                return answer is MachineImages && _service.Store.Recoveries > recoveries + 5;
            },
            "it is started again and again");
        Assert.Equal(["a:1"], (await StatusAsync("m"))!.AvailableImages.Select(image => image.Name));

        _service.Store.RefusesWrites = null;
        await _service.Until(() => _service.Cluster.DaemonSets.Count == 0, "the other pull is over");
        await _service.Until(async () => (await StatusAsync("m"))!.Pulls is [{ State: "waiting" }], "the copy says what the machine says again");
    }

    [Fact]
    public async Task While_nothing_can_be_read_the_copy_stays()
    {
        _service.Cluster.PodSays(A, "n1", PullPodState.Pulled, Facts.Digest('1'));
        await _service.Until(async () => (await StatusAsync("m"))?.Phase == MachinePhase.Ready, "the copy says that all is available");
        (_service.Store.RefusesWrites, _service.Store.RefusesReads) = ("the database is away", "the database is away");
        _service.Cluster.Join("n2");
        await _service.Until(() => _service.Troubles.Recent is not null, "a write has failed");
        await _service.Quiet(TimeSpan.FromSeconds(5));
        Assert.Equal(["a:1"], (await StatusAsync("m"))!.AvailableImages.Select(image => image.Name));

        (_service.Store.RefusesWrites, _service.Store.RefusesReads) = (null, null);
        await _service.Until(() => _service.Cluster.UidOf(A) is not null, "the pull begins");
    }

    private async Task<ReadCopy?> CopyAsync(string key) => (await _service.System.ReadCopyAsync(key, CancellationToken.None))?.Value;

    private async Task<MachineStatus?> StatusAsync(string name) => await UnpackAsync(CopyKeys.Machine(name)) as MachineStatus;

    private async Task<MachineNames?> NamesAsync() => await UnpackAsync(CopyKeys.Machines) as MachineNames;

    private async Task<object?> UnpackAsync(string key) => await CopyAsync(key) is { } copy ? CopyPacking.Unpack(_service.System.Serialization, copy) : null;
}
