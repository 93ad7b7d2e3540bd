using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>All actors together, where the service lets only so many pulls be at one time.</summary>
public sealed class PullBudgetLifeTests : IAsyncLifetime
{
    private const int Machines = 8, Most = 3;

    private MachineService _service = null!;

    public Task InitializeAsync()
    {
        _service = MachineService.Stopped(settings: new MachineSettings { LimitsPulls = true });
        _service.Limits = new PullLimits(Most, 1000, null);
        _service.Run();
        _service.Cluster.Join("n1");
        _service.Cluster.Join("n2");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Many_machines_share_few_DaemonSets_and_all_are_ready_in_the_end()
    {
        for (var i = 0; i < Machines; i++)
            await CreateAsync(Facts.Spec($"m{i}", "a:1", "b:1", "c:1"));

        await _service.Until(PullAsync, "all machines are ready");

        Assert.Equal(Machines * 3, _service.Cluster.Asked("ensure").Count());
    }

    [Fact]
    public async Task What_a_machine_had_whose_actor_dies_is_had_by_its_next_one()
    {
        await CreateAsync(Facts.Spec("m0", "a:1", "b:1", "c:1"));
        await _service.Until(() => _service.Cluster.DaemonSets.Count == Most, "it has all that there may be");
        _service.KillMachine("m0");
        await CreateAsync(Facts.Spec("m1", "a:1"));
        while (await MachineService.AskAsync(_service.Machines, new GetMachine("m0")) is not MachineStatus)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);

        await _service.Quiet(TimeSpan.FromSeconds(10));
        Assert.Equal(Most, _service.Cluster.DaemonSets.Count);

        await _service.Until(PullAsync, "both machines are ready");
    }

    // On a busy computer the supervisor may not be there yet.
    private async Task CreateAsync(MachineSpec spec)
    {
        while (await MachineService.AskAsync(_service.Supervisor, new CreateMachine(spec)) is not MachineStatus)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }

    private async Task<bool> PullAsync()
    {
        var sets = _service.Cluster.DaemonSets;
        Assert.InRange(sets.Count, 0, Most);
        foreach (var pull in sets)
        {
            _service.Cluster.PodSays(pull.Name, "n1", PullPodState.Pulled);
            _service.Cluster.PodSays(pull.Name, "n2", PullPodState.Pulled);
        }
        foreach (var name in await _service.NamesAsync())
        {
            // One whose actor has just died does not answer.
            if (await MachineService.AskAsync(_service.Machines, new GetMachine(name)) is not MachineStatus { Phase: MachinePhase.Ready })
                return false;
        }
        return true;
    }
}
