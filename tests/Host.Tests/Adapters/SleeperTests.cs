using CacheMachine.Host.Adapters;
using CacheMachine.Host.Settings;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Adapters;

/// <summary>Which image the sleeper comes from; our own pod is in a simulated cluster.</summary>
public sealed class SleeperTests : IAsyncLifetime, IDisposable
{
    private const string Namespace = "cachemachine";
    private const string OwnImage = "registry.example.org/cachemachine:2.0.0";

    private readonly Clock _time = new();
    private SimulatedCluster _cluster = null!;
    private KubernetesClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 0 });
        _client = new KubernetesClient(new KubernetesConfig { Server = _cluster.ApiServerUri, Namespace = Namespace, Source = "the simulator" });
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Auto_is_the_image_of_our_own_container_with_the_secrets_of_our_pod()
    {
        await OwnPodAsync(new Container("main", OwnImage));

        var found = (await FindAsync(Auto()))!;

        Assert.Equal((OwnImage, "own-secret"), (found.Image, Assert.Single(found.PullSecrets)));
    }

    [Fact]
    public async Task Beside_others_our_container_is_the_one_named_cachemachine()
    {
        await OwnPodAsync(new Container("proxy", "proxy:1"), new Container("cachemachine", OwnImage));

        Assert.Equal(OwnImage, (await FindAsync(Auto()))!.Image);
    }

    [Fact]
    public async Task Where_it_is_not_known_which_container_is_ours_there_is_no_sleeper()
    {
        await OwnPodAsync(new Container("proxy", "proxy:1"), new Container("main", OwnImage));

        Assert.Null(await FindAsync(Auto()));
    }

    [Fact]
    public async Task Outside_a_pod_and_with_none_there_is_no_sleeper()
    {
        await OwnPodAsync(new Container("main", OwnImage));

        Assert.Null(await FindAsync(Auto(podName: null)));
        Assert.Null(await FindAsync(Of(new SleeperSource.None())));
        Assert.Null(await FindAsync(Auto(podName: "not-there")));
    }

    [Fact]
    public async Task After_our_own_image_has_failed_pulls_go_on_without_it_for_a_while()
    {
        await OwnPodAsync(new Container("main", OwnImage));
        var sleeper = Auto();
        Assert.NotNull(await FindAsync(sleeper));

        sleeper.Failed("registry.example.org/cachemachine:1.9.9", "of a replica before the upgrade");
        Assert.NotNull(await FindAsync(sleeper));

        sleeper.Failed(OwnImage, "unauthorized");
        Assert.Null(await FindAsync(sleeper));

        _time.Now += Sleeper.Pause;
        Assert.NotNull(await FindAsync(sleeper));
    }

    [Fact]
    public async Task An_image_that_the_operator_has_named_is_used_even_if_it_fails()
    {
        var sleeper = Of(new SleeperSource.Image("named:1"));

        sleeper.Failed("named:1", "not found");

        Assert.Equal("named:1", (await FindAsync(sleeper))!.Image);
    }

    private Sleeper Auto(string? podName = "own") => Of(new SleeperSource.Auto(), podName);

    private Sleeper Of(SleeperSource source, string? podName = "own") => new(source, podName, _time, NullLogger<Sleeper>.Instance);

    private Task<SleeperImage?> FindAsync(Sleeper sleeper) => sleeper.FindAsync(_client, Namespace, CancellationToken.None);

    private async Task OwnPodAsync(params Container[] containers)
    {
        var pod = new Pod(new ObjectMeta(Name: "own", Namespace: Namespace), new PodSpec(containers, ImagePullSecrets: [new LocalObjectReference("own-secret")]));
        var made = await _client.Pods(Namespace).CreateAsync(pod, CancellationToken.None);
        Assert.True(made.IsSuccess, made.IsSuccess ? "" : made.Error.ToString());
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
