using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Settings;
using CacheMachine.Simulator;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Which image the sleeper comes from; our own pod is in a simulated cluster.</summary>
public sealed class SleeperTests : IAsyncLifetime, IDisposable
{
    private const string OwnImage = "registry.example.org/cachemachine:2.0.0";

    private readonly Clock _time = new();
    private SimulatedCluster _cluster = null!;
    private KubernetesConnection _kubernetes = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 0 });
        _kubernetes = Connections.To(_cluster);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _kubernetes.Dispose();

    [Fact]
    public async Task Auto_is_the_image_of_our_own_container_with_the_secrets_of_our_pod()
    {
        await OwnPodAsync(("main", OwnImage));

        var found = (await FindAsync(Auto()))!;

        Assert.Equal((OwnImage, "own-secret"), (found.Image, Assert.Single(found.PullSecrets)));
    }

    [Fact]
    public async Task Beside_others_our_container_is_the_one_named_cachemachine()
    {
        await OwnPodAsync(("proxy", "proxy:1"), ("cachemachine", OwnImage));

        Assert.Equal(OwnImage, (await FindAsync(Auto()))!.Image);
    }

    [Fact]
    public async Task Where_it_is_not_known_which_container_is_ours_there_is_no_sleeper()
    {
        await OwnPodAsync(("proxy", "proxy:1"), ("main", OwnImage));

        Assert.Null(await FindAsync(Auto()));
    }

    [Fact]
    public async Task Outside_a_pod_and_with_none_there_is_no_sleeper()
    {
        await OwnPodAsync(("main", OwnImage));

        Assert.Null(await FindAsync(Auto(podName: null)));
        Assert.Null(await FindAsync(Of(new SleeperSource.None())));
        Assert.Null(await FindAsync(Auto(podName: "not-there")));
    }

    [Fact]
    public async Task After_our_own_image_has_failed_pulls_go_on_without_it_for_a_while()
    {
        await OwnPodAsync(("main", OwnImage));
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

    private Task<SleeperImage?> FindAsync(Sleeper sleeper) => sleeper.FindAsync(_kubernetes, CancellationToken.None);

    private Task OwnPodAsync(params (string Name, string Image)[] containers) => _kubernetes.Client.CoreV1.CreateNamespacedPodAsync(
        new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta { Name = "own" },
            Spec = new V1PodSpec
            {
                Containers = [.. containers.Select(container => new V1Container { Name = container.Name, Image = container.Image })],
                ImagePullSecrets = [new V1LocalObjectReference { Name = "own-secret" }],
            },
        },
        Connections.Namespace);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
