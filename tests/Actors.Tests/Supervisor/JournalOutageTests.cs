using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>The database refuses what is written, or is away, for a while; the same on both kinds of database.</summary>
public abstract class JournalOutageTests : IAsyncLifetime
{
    private const string Full = "no space left on the device", Log = "cachemachine-m";

    private static readonly string A = Facts.PullOf("m", "a:1"), B = Facts.PullOf("m", "b:1");

    private MachineService _service = null!;

    private ClusterDouble Cluster => _service.Cluster;

    private JournalTables Tables => _service.Store.Tables;

    public async Task InitializeAsync()
    {
        _service = MachineService.Start(await OpenAsync());
        Cluster.Join("n1");
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
    }

    public virtual async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Commands_are_refused_at_once_in_the_words_of_the_database_and_repeating_them_later_carries_them_out()
    {
        await Tables.RefuseWritesAsync(Full);

        // The first one makes the supervisor stop; the others find it storing, stopped or starting.
        var refused = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? CreateAsync(Facts.Spec("new", $"b:{i}")) : RemoveAsync("m")));
        Assert.All(refused, answer => Assert.Contains(Full, Assert.IsType<NotStored>(answer).Why, StringComparison.Ordinal));
        Assert.Contains(Full, Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("m", "b:1"))).Why, StringComparison.Ordinal);

        await Tables.AcceptWritesAsync();
        await _service.Until(async () => await ListAsync() is ["m"], "the supervisor answers again, and nothing came of what was refused");
        Assert.Equal("a:1", Assert.Single((await _service.StatusAsync("m")).DesiredImages).Name);
        Assert.IsType<MachineStatus>(await CreateAsync(Facts.Spec("new", "b:1")));
        Assert.Equal(["m", "new"], await _service.NamesAsync());
        Assert.IsType<MachineGone>(await RemoveAsync("m"));
    }

    [Fact]
    public async Task A_machine_that_cannot_store_its_new_spec_says_so_and_has_it_when_it_can()
    {
        // The supervisor can store, the machine cannot.
        await Tables.RefuseWritesAsync(Full, Log);
        Assert.Contains(Full, Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("m", "b:1"))).Why, StringComparison.Ordinal);
        await _service.Until(async () => await ImagesAsync() is { Desired: [{ Name: "a:1" }] }, "the machine answers as it was");

        await Tables.AcceptWritesAsync();
        await _service.Until(async () => await ImagesAsync() is { Desired: [{ Name: "b:1" }] }, "the machine has its new spec");
        await _service.Until(() => Cluster.DaemonSets is [{ } only] && only.Name == B, "it pulls that and nothing else");
    }

    [Fact]
    public async Task A_pull_whose_end_cannot_be_stored_ends_when_it_can_and_nothing_is_done_twice()
    {
        var (uid, ensured, recoveries) = (Cluster.UidOf(A), Cluster.Asked("ensure").Count(), _service.Store.Recoveries);
        await Tables.RefuseWritesAsync(Full, Log);

        Pulled(A, "n1");
        await _service.Until(() => _service.Store.Recoveries > recoveries + 2, "the machine has ended and was started again, more than once");
        Assert.Equal(uid, Cluster.UidOf(A));
        Assert.Empty(Cluster.Asked("delete"));
        await _service.Until(async () => await ImagesAsync() is { Available: [{ Name: "a:1" }] }, "it says that the image is there");

        await Tables.AcceptWritesAsync();
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "the DaemonSet is gone");
        Assert.Equal([A], Cluster.Asked("delete").Select(request => request.Name));
        Assert.Equal(ensured, Cluster.Asked("ensure").Count());
        await _service.Until(async () => (await ImagesAsync())?.Available is [{ Name: "a:1" }], "the image is available");
        Assert.Single(await Tables.EventsAsync(Log), e => e is PullEnded);
    }

    [Fact]
    public async Task A_pull_that_goes_on_while_its_machine_cannot_store_is_taken_up_again_with_its_DaemonSet()
    {
        var (uid, recoveries) = (Cluster.UidOf(A), _service.Store.Recoveries);
        await Tables.RefuseWritesAsync(Full, Log);
        Assert.IsType<NotStored>(await MachineService.AskAsync(_service.Machines, new ConfigureMachine(100, Facts.Spec("m", "b:1"))));
        await _service.Until(() => _service.Store.Recoveries > recoveries, "it is started again");
        await Tables.AcceptWritesAsync();

        await _service.Until(() => Cluster.Asked("ensure").Count() == 2, "it takes up its DaemonSet");
        Assert.Equal(uid, Cluster.UidOf(A));
        Pulled(A, "n1");
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "the pull is over");
        Assert.All(Cluster.Asked("ensure"), request => Assert.Equal(A, request.Name));
        await _service.Until(async () => (await ImagesAsync())?.Available is [{ Name: "a:1" }], "the image is available");
    }

    [Fact]
    public async Task While_the_database_is_away_who_runs_answers_and_who_has_stopped_says_why_and_comes_back_with_it()
    {
        await Tables.TakeAwayAsync();
        Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("new", "b:1")));
        Assert.IsType<MachineImages>(await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")));
        _service.KillMachine("m");
        await _service.Until(async () => await ImagesAsync() is null, "it has stopped, and cannot be started");
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => MachineService.AskAsync(_service.Machines, new GetMachineImages("m")))),
            answer => Assert.IsType<NotStored>(answer));
        Assert.IsType<NotStored>(await MachineService.AskAsync(_service.Supervisor, ListMachines.Instance));

        await Tables.GiveBackAsync();
        await _service.Until(async () => await ListAsync() is ["m"], "the supervisor is back");
        Pulled(A, "n1");
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "the machine is back, although nobody asks for it");
    }

    [Fact]
    public async Task Who_waits_for_the_end_of_a_machine_is_told_when_the_supervisor_stops()
    {
        Cluster.Failure = "503";
        var gone = RemoveAsync("m");
        await _service.Until(() => Cluster.Asked("delete").Any(), "the removal has begun");
        await Tables.RefuseWritesAsync(Full);
        Assert.IsType<NotStored>(await CreateAsync(Facts.Spec("new")));
        Assert.IsType<NotStored>(await gone);

        await Tables.AcceptWritesAsync();
        Cluster.Failure = null;
        await _service.Until(async () => await ListAsync() is [] && Cluster.DaemonSets.Count == 0, "the removal goes on by itself");
        await _service.Until(async () => await RemoveAsync("m") is MachineNotFound, "it is gone");
    }

    [Fact]
    public async Task What_the_database_had_before_an_outage_is_what_a_restart_finds()
    {
        await Tables.RefuseWritesAsync(Full);
        await CreateAsync(Facts.Spec("new", "b:1"));
        await CreateAsync(Facts.Spec("m", "b:1"));
        await _service.StopAsync();
        await Tables.AcceptWritesAsync();
        _service.Run();

        Assert.Equal(["m"], await _service.NamesAsync());
        await _service.Until(async () => await ImagesAsync() is { Desired: [{ Name: "a:1" }] }, "the machine is back as it was");
    }

    [Fact]
    public async Task An_event_of_a_later_release_stops_its_machine_and_no_other()
    {
        Assert.IsType<MachineStatus>(await CreateAsync(Facts.Spec("other", "b:1")));
        await _service.StopAsync();
        await Tables.ExecuteAsync($"UPDATE journal SET manifest = 'machine-configured/99' WHERE persistence_id = '{Log}' AND sequence_number = 1");
        _service.Run();

        Assert.Equal(["m", "other"], await _service.NamesAsync());
        Assert.IsType<NotStored>(await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")));
        Assert.Equal("b:1", Assert.Single((await _service.StatusAsync("other")).DesiredImages).Name);
        Assert.NotNull(Cluster.UidOf(A));

        await Tables.ExecuteAsync($"UPDATE journal SET manifest = 'machine-configured/2' WHERE persistence_id = '{Log}' AND sequence_number = 1");
        await _service.Until(async () => await ImagesAsync() is { Desired: [{ Name: "a:1" }] }, "the machine is back, although nobody made it anew");
    }

    private protected abstract Task<JournalTables> OpenAsync();

    private void Pulled(string pull, string node) => Cluster.PodSays(pull, node, PullPodState.Pulled, Facts.Digest('a'));

    private Task<object> CreateAsync(MachineSpec spec) => MachineService.AskAsync(_service.Supervisor, new CreateMachine(spec));

    private Task<object> RemoveAsync(string machine) => MachineService.AskAsync(_service.Supervisor, new RemoveMachine(machine));

    // Null while the one who knows cannot answer.
    private async Task<IReadOnlyList<string>?> ListAsync() => await MachineService.AskAsync(_service.Supervisor, ListMachines.Instance) is MachineNames known ? known.Names : null;

    private async Task<MachineImages?> ImagesAsync() => await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")) as MachineImages;
}

public sealed class JournalOutageOnSqliteTests : JournalOutageTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outage-");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected override Task<JournalTables> OpenAsync() => Task.FromResult(JournalTables.Sqlite(Path.Combine(_folder.FullName, "journal.db")));
}

[Trait("Category", "Postgres")]
public sealed class JournalOutageOnPostgresTests : JournalOutageTests
{
    private PostgresDatabase? _database;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _database!.DisposeAsync();
    }

    private protected override async Task<JournalTables> OpenAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        return JournalTables.Postgres(_database.ConnectionString);
    }
}
