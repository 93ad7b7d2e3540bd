using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Pull pods that run the sleeper, on every kind of cluster.</summary>
public abstract class SleeperTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly string _name = "sleeper-" + Guid.NewGuid().ToString("N")[..6];
    private ClusterUnderTest _cluster = null!;

    /// <summary>How long a pod must have run to be taken for one that stays: a kubelet has shown its crashes by then.</summary>
    protected abstract TimeSpan LongEnough { get; }

    protected abstract Task<ClusterUnderTest> StartClusterAsync();

    /// <summary>Makes an image with the program at <c>/sleeper</c>.</summary>
    protected abstract Task PushSleeperAsync(ClusterUnderTest cluster, string repository, string tag);

    public async Task InitializeAsync()
    {
        _cluster = await StartClusterAsync();
        await PushSleeperAsync(_cluster, _name, "sleeper");
        await _cluster.PushAsync(_name, "noshell", shell: false);
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [SkippableFact]
    public async Task An_image_without_a_shell_becomes_available_and_its_pods_never_crash()
    {
        await using var service = await StartServiceAsync("sleeper");
        await using var history = new ObjectHistory<V1Pod>(_cluster.Connection, PodsOfMachine);

        await service.PostAsync(Specs.Machine(_name, Specs.Simple(("noshell", ImageOf("noshell")))));
        await service.BecomesAvailableAsync(_name, 1, TimeSpan.FromSeconds(60));
        await service.Http.DeleteAsync($"/cachemachine/{_name}");

        var seen = history.Items;
        Assert.Equal(_cluster.Nodes, seen.Where(Runs).Select(pod => pod.Spec.NodeName).Distinct().Order(StringComparer.Ordinal));
        Assert.All(seen, pod => Assert.True(HasNeverFailed(pod), Show(pod)));
    }

    [SkippableFact]
    public async Task The_pod_of_an_image_without_a_shell_stays_Running_with_the_sleeper_and_fails_without_it()
    {
        await using var history = new ObjectHistory<V1Pod>(_cluster.Connection, PodsOfMachine);
        await WithDaemonSetAsync(new SleeperImage(ImageOf("sleeper"), []), async () =>
        {
            await Eventually.Is(
                PodsAsync, pods => pods.Count(pod => RunsSince(pod) is { } since && since >= LongEnough) == _cluster.Nodes.Count,
                LongEnough + TimeSpan.FromSeconds(60), $"a pod on each node runs for {LongEnough}", pods => string.Join("; ", pods.Select(Show)));
            Assert.All(history.Items, pod => Assert.True(HasNeverFailed(pod), Show(pod)));
        });

        await WithDaemonSetAsync(null, () => Eventually.Is(
            PodsAsync, pods => pods.Count > 0 && pods.All(pod => !HasNeverFailed(pod)),
            TimeSpan.FromSeconds(60), "the pods without a sleeper fail", pods => string.Join("; ", pods.Select(Show))));
    }

    [SkippableFact]
    public async Task A_sleeper_image_that_is_not_there_is_reported_on_each_node()
    {
        await using var service = await StartServiceAsync("nowhere");

        await service.PostAsync(Specs.Machine(_name, Specs.Simple(("noshell", ImageOf("noshell")))));
        await Eventually.Is(
            () => service.MachineAsync(_name),
            machine => machine["pulls"]!.AsArray() is [{ } pull] && pull["errors"]!.AsObject().Count == _cluster.Nodes.Count,
            TimeSpan.FromSeconds(60), "the failure is reported on each node", machine => machine["pulls"]!.ToJsonString());

        Assert.All((await service.MachineAsync(_name))["pulls"]![0]!["errors"]!.AsObject(), error =>
        {
            Assert.StartsWith($"sleeper image {ImageOf("nowhere")}: ErrImagePull: ", (string)error.Value!, StringComparison.Ordinal);
            Assert.Contains("not found", (string)error.Value!, StringComparison.Ordinal);
        });
        await service.Http.DeleteAsync($"/cachemachine/{_name}");
    }

    private async Task<InProcess> StartServiceAsync(string sleeperTag) => await InProcess.StartAsync(
        _cluster.Flags(_data), new Dictionary<string, string> { ["CACHEMACHINE__PULL__SLEEPER_IMAGE"] = ImageOf(sleeperTag) });

    private string ImageOf(string tag) => $"{_cluster.Registry}/{_name}:{tag}";

    // No service runs meanwhile, so nobody ends the pull.
    private async Task WithDaemonSetAsync(SleeperImage? sleeper, Func<Task> check)
    {
        var order = new PullOrder($"{_name}-x", ImageOf("noshell"), "IfNotPresent", PullTargets.Everywhere, new MachineSpec { Name = _name });
        await _cluster.Client.AppsV1.CreateNamespacedDaemonSetAsync(PullDaemonSet.Build(order, ClusterUnderTest.Namespace, null, null, sleeper), ClusterUnderTest.Namespace);
        try
        {
            await check();
        }
        finally
        {
            await _cluster.Client.AppsV1.DeleteNamespacedDaemonSetAsync(order.Name, ClusterUnderTest.Namespace, propagationPolicy: "Background");
        }
        await Eventually.Is(PodsAsync, pods => pods.Count == 0, TimeSpan.FromSeconds(30), "its pods are gone");
    }

    private WatchedKind PodsOfMachine => new("", "v1", "pods", ClusterUnderTest.Namespace, $"{PullDaemonSet.MachineLabel}={_name}");

    private async Task<IReadOnlyList<V1Pod>> PodsAsync() =>
        [.. (await _cluster.Client.CoreV1.ListNamespacedPodAsync(ClusterUnderTest.Namespace, labelSelector: PodsOfMachine.Labels)).Items];

    private static bool Runs(V1Pod pod) => RunsSince(pod) is not null;

    private static TimeSpan? RunsSince(V1Pod pod) =>
        pod.Status is { Phase: "Running" } && PullOf(pod)?.State?.Running?.StartedAt is { } at ? TimeProvider.System.GetUtcNow() - at : null;

    // What a pod shows while it is being deleted is its end, not a failure.
    private static bool HasNeverFailed(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null || PullOf(pod) is not { } container
        || container is { RestartCount: 0, State.Terminated: null } && container.LastState?.Terminated is null
            && container.State?.Waiting?.Reason is null or "ContainerCreating" or "PodInitializing";

    private static V1ContainerStatus? PullOf(V1Pod pod) => pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == PullDaemonSet.ContainerName);

    private static string Show(V1Pod pod) => $"{pod.Metadata.Name} on {pod.Spec.NodeName} is {pod.Status?.Phase}: {PullOf(pod)}";
}
