namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>The simulator as the suite's target, a cluster for each part.</summary>
public sealed class SimulatorTarget : ConformanceTarget
{
    private SimulatedCluster _cluster = null!;

    public override TimeSpan ReportWithin => TimeSpan.FromSeconds(30);

    public override bool ForgetHistory()
    {
        _cluster.Compact();
        return true;
    }

    protected override async Task ConnectAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions
        {
            Nodes = 2,
            ApiToken = "conformance",
            BackOff = TimeSpan.FromSeconds(1),
            SyncDelay = TimeSpan.FromMilliseconds(200),
        });
        _cluster.Registry.Push("conformance/shell", "1", 20_000_000);
        _cluster.Registry.Push("conformance/noshell", "1", 10_000_000, hasShell: false);
        Registry = _cluster.Registry.Host;
        var http = new HttpClient { BaseAddress = _cluster.ApiServerUri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "conformance");
        Api = new Api(http);
    }

    protected override async Task DisconnectAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

public sealed class SimulatorListConformance(SimulatorTarget target) : ListConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorWatchConformance(SimulatorTarget target) : WatchConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorObjectConformance(SimulatorTarget target) : ObjectConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorUpdateConformance(SimulatorTarget target) : UpdateConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorDeleteConformance(SimulatorTarget target) : DeleteConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorDaemonSetConformance(SimulatorTarget target) : DaemonSetConformance(target), IClassFixture<SimulatorTarget>;

public sealed class SimulatorPullConformance(SimulatorTarget target) : PullConformance(target), IClassFixture<SimulatorTarget>;
