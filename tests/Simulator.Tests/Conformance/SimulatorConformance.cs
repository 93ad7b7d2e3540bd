namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>The simulator as the suite's target, a cluster for each part.</summary>
public abstract class SimulatorTarget(KubernetesRelease release) : ConformanceTarget
{
    private SimulatedCluster _cluster = null!;

    public override KubernetesRelease Release => release;

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
            Release = release,
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

public sealed class Simulator120() : SimulatorTarget(KubernetesRelease.Kubernetes120);

public sealed class Simulator136() : SimulatorTarget(KubernetesRelease.Kubernetes136);

public sealed class Simulator120ListConformance(Simulator120 target) : ListConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120WatchConformance(Simulator120 target) : WatchConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120ObjectConformance(Simulator120 target) : ObjectConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120UpdateConformance(Simulator120 target) : UpdateConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120DeleteConformance(Simulator120 target) : DeleteConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120DaemonSetConformance(Simulator120 target) : DaemonSetConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator120PullConformance(Simulator120 target) : PullConformance(target), IClassFixture<Simulator120>;

public sealed class Simulator136ListConformance(Simulator136 target) : ListConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136WatchConformance(Simulator136 target) : WatchConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136ObjectConformance(Simulator136 target) : ObjectConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136UpdateConformance(Simulator136 target) : UpdateConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136DeleteConformance(Simulator136 target) : DeleteConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136DaemonSetConformance(Simulator136 target) : DaemonSetConformance(target), IClassFixture<Simulator136>;

public sealed class Simulator136PullConformance(Simulator136 target) : PullConformance(target), IClassFixture<Simulator136>;
