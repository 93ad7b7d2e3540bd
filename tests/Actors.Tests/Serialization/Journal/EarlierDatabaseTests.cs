using System.IO.Compression;
using System.Text;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Serialization.Journal;

/// <summary>A database that the service wrote before it ran on Akka.NET is read and continued. How it was made is in <c>fixtures/README.md</c>.</summary>
public abstract class EarlierDatabaseTests : IAsyncLifetime
{
    private const string Repository = "127.0.0.1:29181/lsstsqre/sciplat-lab";

    // What was proved once is believed, although on the tests' clock years have passed.
    private static readonly MachineSettings Settings = new() { EvidenceGrace = TimeSpan.FromDays(10_000), EvidenceLifetime = TimeSpan.FromDays(10_000) };

    private MachineService _service = null!;

    private JournalTables Tables => _service.Store.Tables;

    public async Task InitializeAsync()
    {
        _service = MachineService.Stopped(await OpenAsync(), Settings);
        _service.Registry.Failure = "it is not there any more";
        foreach (var node in (await Tables.EventsAsync("cachemachine-notebooks")).OfType<PullEnded>().SelectMany(pull => pull.Pulled).DistinctBy(node => node.Node))
            _service.Cluster.Join(Facts.Node(node.Node) with { Uid = node.Uid, BootId = node.BootId });
    }

    public virtual async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_machines_are_there_with_what_they_had_pulled()
    {
        _service.Run();

        Assert.Equal(["again", "failing", "notebooks", "often", "pulling", "replaced"], await _service.NamesAsync());
        await _service.Until(async () => (await _service.StatusAsync("notebooks")).Phase == MachinePhase.Ready, "the cluster is seen");
        var notebooks = await _service.StatusAsync("notebooks");
        Assert.Equal(3, notebooks.Nodes.Count(node => node is { Eligible: true, Missing.IsEmpty: true }));
        Assert.Equal(3, notebooks.AvailableImages.Length);
        Assert.All(notebooks.AvailableImages, image => Assert.StartsWith("sha256:", image.ImageHash, StringComparison.Ordinal));
        Assert.Equal([$"{Repository}:d_2021_12_02"], (await _service.StatusAsync("replaced")).AvailableImages.Select(image => image.ImageUrl));
        Assert.Equal([$"{Repository}:d_2021_12_04"], (await _service.StatusAsync("again")).AvailableImages.Select(image => image.ImageUrl));
        Assert.Equal("210", (await _service.StatusAsync("often")).Labels["change"]);
        Assert.Equal(new MachineNotFound("deleted"), await MachineService.AskAsync(_service.Machines, new GetMachine("deleted")));
        Assert.Equal(new MachineNotFound("deleted"), await MachineService.AskAsync(_service.Supervisor, new RemoveMachine("deleted")));
    }

    [Fact]
    public async Task A_pull_that_was_cut_off_goes_on_under_the_name_of_its_DaemonSet_and_one_that_had_failed_is_tried_again()
    {
        var begun = Assert.Single((await Tables.EventsAsync("cachemachine-pulling")).OfType<PullStarted>());
        var failed = (await Tables.EventsAsync("cachemachine-failing")).OfType<PullStarted>().First(pull => pull.Image.EndsWith("no_such_tag", StringComparison.Ordinal));
        _service.Run();

        await _service.Until(() => _service.Cluster.UidOf(begun.Pull) is not null && _service.Cluster.UidOf(failed.Pull) is not null, "both are pulled");
        foreach (var node in (await _service.StatusAsync("pulling")).Nodes)
            _service.Cluster.PodSays(begun.Pull, node.Name, PullPodState.Pulled, Facts.Digest('1'));
        await _service.Until(async () => (await _service.StatusAsync("pulling")).Phase == MachinePhase.Ready, "the pull has ended");
    }

    [Fact]
    public async Task What_happens_from_now_on_is_appended_and_nothing_that_was_there_changes()
    {
        string[] logs = [MachineSupervisorActor.Id, "cachemachine-replaced", "cachemachine-often"];
        var before = await Task.WhenAll(logs.Select(async log => (Events: await TextsAsync(log), Last: (await Tables.NumbersAsync(log))[^1])));
        _service.Run();

        var spec = Facts.Spec("replaced", "a:1");
        await _service.CreateAsync(spec);
        await _service.CreateAsync(Facts.Spec("often", "a:1"));
        await _service.RestartAsync();
        Assert.Equal("a:1", Assert.Single((await _service.StatusAsync("replaced")).DesiredImages).Name);

        for (var i = 0; i < logs.Length; i++)
        {
            Assert.Equal(before[i].Events, (await TextsAsync(logs[i])).Take(before[i].Events.Count));
            Assert.Equal(Enumerable.Range(1, before[i].Events.Count).Select(number => (long)number), (await Tables.NumbersAsync(logs[i])).Take(before[i].Events.Count));
        }
        var created = (await Tables.EventsAsync(MachineSupervisorActor.Id)).Skip(before[0].Events.Count).Cast<MachineCreated>().ToList();
        Assert.Equal([(before[0].Last + 1, "replaced"), (before[0].Last + 2, "often")], created.Select(e => (e.Generation, e.Spec.Name)));
        Assert.Equal(created[0].Generation, (await Tables.EventsAsync("cachemachine-replaced")).OfType<MachineConfigured>().Last().Generation);
    }

    private protected abstract Task<JournalTables> OpenAsync();

    private protected static Stream Fixture(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "Serialization/Journal/fixtures")))
            folder = folder.Parent!;
        return new GZipStream(File.OpenRead(Path.Combine(folder.FullName, "Serialization/Journal/fixtures", file)), CompressionMode.Decompress);
    }

    private async Task<List<string>> TextsAsync(string log) =>
        [.. (await Tables.EventsAsync(log)).Select(e => Encoding.UTF8.GetString(new JournalSerializer(null).ToBinary(e)))];
}

public sealed class EarlierDatabaseOnSqliteTests : EarlierDatabaseTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("earlier-");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected override async Task<JournalTables> OpenAsync()
    {
        var path = Path.Combine(_folder.FullName, "journal.db");
        await using var database = Fixture("before-akka.db.gz");
        await using var copy = File.Create(path);
        await database.CopyToAsync(copy);
        return JournalTables.Sqlite(path);
    }
}

[Trait("Category", "Postgres")]
public sealed class EarlierDatabaseOnPostgresTests : EarlierDatabaseTests
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
        using var dump = new StreamReader(Fixture("before-akka.sql.gz"));
        await _database.ExecuteAsync(await dump.ReadToEndAsync());
        return JournalTables.Postgres(_database.ConnectionString);
    }
}
