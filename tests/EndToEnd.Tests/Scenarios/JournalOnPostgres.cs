using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>PostgreSQL.</summary>
[Trait("Category", "Postgres")]
public sealed class JournalOnPostgres(ITestOutputHelper output) : JournalAway(output)
{
    private readonly ITestOutputHelper _log = output;
    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private TestDatabase _database = null!;
    private CutOff _proxy = null!;

    private Dictionary<string, string> Settings => new() { ["CACHEMACHINE__DATA__POSTGRES"] = _database.By(_proxy) };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _database = await TestDatabase.CreateAsync();
        var (host, port) = _database.Server;
        _proxy = new CutOff(host, port);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [PostgresRestartTheory]
    [InlineData("stop")]
    [InlineData("kill")]
    public async Task While_PostgreSQL_is_away_reads_go_on_and_writes_are_refused_and_all_is_back_when_it_is(string how)
    {
        await BeginAsync(_data, Settings);
        await PostgresServer.RunAsync(how);
        try
        {
            await AwayAsync("57P01", "stream", "the database", "connection");
        }
        finally
        {
            await PostgresServer.RunAsync("start");
        }
        await AllIsBackAsync($"{how}, start");
    }

    [Fact]
    public async Task While_the_network_drops_what_is_for_PostgreSQL_reads_go_on_and_writes_are_refused()
    {
        await BeginAsync(_data, Settings);
        _proxy.Traffic = Traffic.Silence;
        await AwayAsync("timed out");
        _proxy.Traffic = Traffic.Forward;
        await AllIsBackAsync("the network is back");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_waits_for_PostgreSQL_and_ends_at_once_when_it_is_told_to(bool silently)
    {
        _proxy.Traffic = silently ? Traffic.Silence : Traffic.Reset;
        await using (var told = OwnProcess.Launch(Cluster.Flags(_data), Settings))
        {
            await Eventually.Is(() => Task.FromResult(silently ? _proxy.IsConnected : Waits(told)), itIs => itIs, Soon, "it waits");
            var began = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await told.TerminateAsync());
            var took = TimeProvider.System.GetElapsedTime(began);
            _log.WriteLine($"it ended {took.TotalSeconds:0.0} s after it was told to");
            // It is 2 s where the computer has nothing else to do.
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
        var beginning = BeginAsync(_data, Settings);
        await Eventually.Is(() => Task.FromResult(Waits(Service)), itIs => itIs, Soon, "it says that it waits");
        _proxy.Traffic = Traffic.Forward;
        await beginning;
    }

    private static bool Waits(OwnProcess service) => service.Output.Any(line => line.Contains("waiting for it", StringComparison.Ordinal));

    private async Task AwayAsync(params string[] reasons)
    {
        await EverythingIsReadAsync();
        await WritesAreRefusedAsync(reasons);
        var nobody = await AskAsync(HttpMethod.Get, "nobody");
        Assert.True(nobody.Status == 503, nobody.ToString());
        Assert.Contains("machine 'nobody' cannot be asked just now", nobody.Text, StringComparison.Ordinal);
        Assert.Contains(reasons, reason => nobody.Text.Contains(reason, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("127.0.0.1", nobody.Text, StringComparison.Ordinal);

        Change();
        await ChangeIsSeenAsync();
        await IsReadyAsync();
        await EverythingIsReadAsync(isChanged: true);
        await WritesAreRefusedAsync(reasons);
    }
}
