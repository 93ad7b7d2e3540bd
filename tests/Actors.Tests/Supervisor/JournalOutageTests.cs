using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>The database is away for a while, and comes back.</summary>
public sealed class JournalOutageTests : IAsyncLifetime
{
    private static readonly string A = Facts.PullOf("m", "a:1");

    private MachineService _service = null!;

    public async Task InitializeAsync()
    {
        _service = await MachineService.StartAsync();
        _service.Cluster.Join("n1");
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => _service.Cluster.DaemonSets.Count == 1, "the pull has begun");
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    private void Pulled(string node) => _service.Cluster.PodSays(A, node, PullPodState.Pulled, Facts.Digest('a'));

    private Task<object> CreateAsync(MachineSpec spec) => MachineService.AskAsync(_service.Supervisor, new CreateMachine(spec));

    [Fact]
    public async Task Commands_are_refused_reads_are_answered_and_repeating_the_command_later_carries_it_out()
    {
        _service.Store.Outage = "the database is away";

        var created = Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("new", "b:1")));
        var removed = Assert.IsType<NotStored>(await MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m")));
        var changed = Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("m", "b:1")));

        Assert.All([created, removed, changed], refused => Assert.Contains("the database is away. Nothing was stored", refused.Why, StringComparison.Ordinal));
        Assert.Equal(["m"], await _service.NamesAsync());
        Assert.Equal("a:1", Assert.Single((await _service.StatusAsync("m")).DesiredImages).Name);
        Assert.IsType<MachineImages>(await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")));

        _service.Store.Outage = null;
        Assert.IsType<MachineStatus>(await CreateAsync(Facts.Spec("new", "b:1")));
        Assert.Equal(["m", "new"], await _service.NamesAsync());
        var gone = MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        await _service.Until(() => gone.IsCompleted, "the machine is gone");
        Assert.IsType<MachineGone>(await gone);
    }

    [Fact]
    public async Task A_machine_that_is_refused_by_its_own_journal_says_so_and_its_supervisor_carries_it_out_later()
    {
        var before = _service.Store.Written.Count;
        // The supervisor can store, the machine cannot.
        _service.Store.OutageOf = "cachemachine-m";
        _service.Store.Outage = "the database is away";

        Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("m", "b:1")));
        Assert.Equal(before + 1, _service.Store.Written.Count);
        Assert.Equal("a:1", Assert.Single((await _service.StatusAsync("m")).DesiredImages).Name);

        _service.Store.Outage = null;
        await _service.Until(async () => (await _service.StatusAsync("m")).DesiredImages.SingleOrDefault()?.Name == "b:1", "the machine has its new spec");
    }

    [Fact]
    public async Task A_machine_decides_again_by_itself_every_two_seconds_and_not_more_often()
    {
        var entities = _service.Entities;
        _service.Store.Outage = "the database is away";

        // The pull ends, which cannot be stored.
        Pulled("n1");
        await _service.Until(() => _service.Store.Refused > 0, "the end of the pull was refused");
        var (began, refused) = (_service.Time.GetUtcNow(), _service.Store.Refused);
        await _service.Until(() => _service.Store.Refused >= refused + 4, "it was tried four times more");

        // The first of them may be due at once; between them are two seconds each.
        Assert.True(_service.Time.GetUtcNow() - began >= TimeSpan.FromSeconds(6), $"{_service.Time.GetUtcNow() - began}");
        Assert.DoesNotContain(("cachemachine-m", "pull-ended/1"), _service.Store.Written);

        // More nodes come: it goes on, and has nothing to store.
        for (var i = 2; i < 12; i++)
            _service.Cluster.Join($"n{i}");
        _service.Store.Outage = null;
        await _service.Until(
            async () =>
            {
                // The DaemonSet of the first pull goes, and another one comes for the new nodes.
                for (var i = 1; i < 12 && _service.Cluster.UidOf(A) is not null; i++)
                    Pulled($"n{i}");
                return (await _service.StatusAsync("m")).AvailableImages.Length == 1;
            },
            "the image is available");
        await _service.Until(() => _service.Cluster.DaemonSets.Count == 0, "the DaemonSet is gone");
        Assert.Equal([A], _service.Cluster.Asked("delete").Select(request => request.Name).Distinct());
        Assert.Equal(entities, _service.Entities);
    }

    [Fact]
    public async Task What_the_database_had_before_an_outage_is_what_a_restart_finds()
    {
        _service.Store.Outage = "the database is away";
        await CreateAsync(Facts.Spec("new", "b:1"));
        await CreateAsync(Facts.Spec("m", "b:1"));
        _service.Store.Outage = null;

        await _service.RestartAsync();

        Assert.Equal(["m"], await _service.NamesAsync());
        await _service.Until(async () => (await _service.StatusAsync("m")).DesiredImages.SingleOrDefault()?.Name == "a:1", "the machine is back as it was");
    }
}
