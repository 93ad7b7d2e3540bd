using System.Collections.Concurrent;
using CacheMachine.Actors;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Simulator;
using CacheMachine.Simulator.Api;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>The cluster port on the simulator's API.</summary>
public sealed class KubernetesClusterApiTests : IAsyncLifetime, IDisposable
{
    private const string Ns = Connections.Namespace, Repository = "lab";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private SimulatedCluster _cluster = null!;
    private KubernetesConnection _kubernetes = null!;
    private KubernetesClusterApi _api = null!;

    private string Image => $"{_cluster.Registry.Host}/{Repository}:w_1";

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 3 });
        _cluster.Registry.Push(Repository, "w_1", 1000);
        _cluster.Registry.Push(Repository, "w_2", 1000);
        _kubernetes = Connections.To(_cluster);
        _api = _kubernetes.Api();
    }

    public void Dispose() => _kubernetes.Dispose();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_DaemonSet_that_is_not_there_is_created()
    {
        var made = await _api.EnsurePullAsync(Orders.Plain(Image), default);
        Assert.Equal((EnsuredHow.Created, (await Get()).Metadata.Uid), (made.How, made.Uid));
        await Eventually(async () => (await Running()).Count == 3, "all nodes have pulled");
    }

    [Fact]
    public async Task One_that_is_there_as_ordered_is_adopted()
    {
        var order = Orders.WithEverything with { Image = Image };
        var made = await _api.EnsurePullAsync(order, default);
        var version = (await Get()).Metadata.ResourceVersion;

        Assert.Equal(new EnsuredPull(made.Uid, EnsuredHow.Adopted), await _api.EnsurePullAsync(order, default));
        Assert.Equal(version, (await Get()).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Other_targets_change_it_and_the_pods_of_other_nodes_run_on()
    {
        var made = await _api.EnsurePullAsync(Orders.Plain(Image, "n1"), default);
        await Eventually(async () => (await Running()).Count == 1, "n1 has pulled");
        var first = (await Running())["n1"];

        Assert.Equal(new EnsuredPull(made.Uid, EnsuredHow.Retargeted), await _api.EnsurePullAsync(Orders.Plain(Image, "n1", "n2"), default));
        await Eventually(async () => (await Running()).Count == 2, "n2 has pulled too");
        Assert.Equal(first, (await Running())["n1"]);

        Assert.Equal(EnsuredHow.Retargeted, (await _api.EnsurePullAsync(Orders.Plain(Image), default)).How);
        await Eventually(async () => (await Running()).Count == 3, "all have pulled");
        Assert.Equal(first, (await Running())["n1"]);
        Assert.Null((await Get()).Spec!.Template.Spec.Affinity);
    }

    [Fact]
    public async Task One_for_another_image_is_deleted_and_then_made_anew()
    {
        var old = await _api.EnsurePullAsync(Orders.Plain(Image), default);
        var other = Orders.Plain($"{_cluster.Registry.Host}/{Repository}:w_2");

        var error = await Assert.ThrowsAsync<PortException>(() => _api.EnsurePullAsync(other, default));
        Assert.Contains("not for this image", error.Message, StringComparison.Ordinal);

        var made = await _api.EnsurePullAsync(other, default);
        Assert.Equal(EnsuredHow.Created, made.How);
        Assert.NotEqual(old.Uid, made.Uid);
    }

    [Fact]
    public async Task One_that_is_being_deleted_is_not_adopted()
    {
        var built = PullDaemonSet.Build(Orders.Plain(Image), Ns, null, null);
        built.Metadata.Finalizers = ["example.com/hold"];
        await _kubernetes.Client.AppsV1.CreateNamespacedDaemonSetAsync(built, Ns);
        await _api.DeletePullAsync(built.Metadata.Name!, default);

        var error = await Assert.ThrowsAsync<PortException>(() => _api.EnsurePullAsync(Orders.Plain(Image), default));
        Assert.Contains("being deleted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_lost_ends_in_adoption()
    {
        using (_cluster.Faults.Arm(FaultKind.ResetAfter, "create", "daemonsets", times: 1))
            await Assert.ThrowsAsync<PortException>(() => _api.EnsurePullAsync(Orders.Plain(Image), default));
        Assert.Equal(EnsuredHow.Adopted, (await _api.EnsurePullAsync(Orders.Plain(Image), default)).How);
    }

    [Fact]
    public async Task An_error_names_operation_and_target()
    {
        using var fault = _cluster.Faults.Arm(FaultKind.InternalError, "create", "daemonsets");
        var error = await Assert.ThrowsAsync<PortException>(() => _api.EnsurePullAsync(Orders.Plain(Image), default));
        Assert.Contains("create", error.Message, StringComparison.Ordinal);
        Assert.Contains("jupyter-0123456789", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_takes_the_pods_along_and_again_is_no_error()
    {
        await _api.EnsurePullAsync(Orders.Plain(Image), default);
        await Eventually(async () => (await Running()).Count == 3, "all nodes have pulled");

        Assert.True(await _api.DeletePullAsync("jupyter-0123456789", default));
        Assert.False(await _api.DeletePullAsync("jupyter-0123456789", default));
        await Eventually(async () => (await _kubernetes.Client.CoreV1.ListNamespacedPodAsync(Ns)).Items.Count == 0, "the pods are gone");
    }

    [Fact]
    public async Task The_watch_tells_of_nodes_pods_and_DaemonSets_and_ends_only_when_cancelled()
    {
        using var end = new CancellationTokenSource();
        var changes = new ConcurrentQueue<ClusterChange>();
        var watching = _api.WatchAsync(changes.Enqueue, end.Token);
        await _api.EnsurePullAsync(Orders.Plain(Image), default);
        ClusterView View() => changes.Aggregate(ClusterView.Empty, (view, change) => view.With(change));

        await Eventually(() => Task.FromResult(View() is { IsSynced: true, Nodes.Count: 3, Pulls.Count: 1 } v && v.PodsOf("jupyter-0123456789").Count(p => p.State == PullPodState.Pulled) == 3), "all is seen");
        _cluster.Faults.BreakWatches();
        _cluster.RemoveNode("n3");
        await Eventually(() => Task.FromResult(View() is { Nodes.Count: 2, Troubles.IsEmpty: true }), "the watches go on");

        Assert.False(watching.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_ends_one_watch_ends_all_so_that_they_are_begun_again()
    {
        var watching = _api.WatchAsync(change =>
        {
            if (change is NodesListed)
                throw new InvalidOperationException("a node that cannot be read");
        }, default);
        Assert.Equal("a node that cannot be read", (await Assert.ThrowsAsync<InvalidOperationException>(() => watching.WaitAsync(Patience))).Message);
    }

    private Task<V1DaemonSet> Get() => _kubernetes.Client.AppsV1.ReadNamespacedDaemonSetAsync("jupyter-0123456789", Ns);

    private async Task<Dictionary<string, string>> Running() =>
        (await _kubernetes.Client.CoreV1.ListNamespacedPodAsync(Ns)).Items
            .Where(pod => pod.Status?.ContainerStatuses?.Any(container => container.State?.Running is not null) == true)
            .ToDictionary(pod => pod.Spec!.NodeName!, pod => $"{pod.Metadata.Uid} {pod.Status!.ContainerStatuses![0].RestartCount}");

    private static async Task Eventually(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"it never came that {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
