using CacheMachine.Actors;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Host.Adapters;

/// <summary>The cluster, by the Kubernetes API.</summary>
/// <param name="client">The API server.</param>
/// <param name="ns">Namespace of our DaemonSets and pods.</param>
/// <param name="owner">Finds the workload that runs us.</param>
/// <param name="pullSecret">A Secret that every pull may use; null for none.</param>
/// <param name="sleeper">Finds what pull pods run.</param>
/// <param name="time">Clock.</param>
public sealed class KubernetesClusterApi(
    KubernetesClient client, string ns, PullOwner owner, string? pullSecret, Sleeper sleeper, TimeProvider time) : IClusterWatch, IPulls
{
    // The API server refuses events with longer messages.
    private const int LongestMessage = 1024;

    // There are three watches, so asking every few seconds costs little, and what happened meanwhile is seen soon.
    private static readonly WatcherOptions Watching = new() { MaxBackoff = TimeSpan.FromSeconds(5) };

    private static readonly ListOptions Ours = new($"{PullDaemonSet.PullLabel}={PullDaemonSet.PullLabelValue}");

    /// <inheritdoc/>
    public async Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken)
    {
        // A watch that fails takes the others along: as long as one of them goes on, nobody would know, and it would not be begun again.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] watches =
        [
            FollowAsync(
                new Watcher<Node>(client.Nodes, new ListOptions(), Watching), ClusterKinds.Nodes,
                items => new NodesListed([.. items.Select(ClusterFacts.Node)]),
                item => new NodeChanged(ClusterFacts.Node(item)),
                item => new NodeDeleted(item.Metadata.Name ?? ""),
                onChange, end.Token),
            FollowAsync(
                new Watcher<Pod>(client.Pods(ns), Ours, Watching), ClusterKinds.Pods,
                items => new PodsListed([.. items.Select(PullPodOf)]),
                item => new PodChanged(PullPodOf(item)),
                item => new PodDeleted(ClusterFacts.PullOf(item), item.Metadata.Name ?? ""),
                onChange, end.Token),
            FollowAsync(
                new Watcher<DaemonSet>(client.DaemonSets(ns), Ours, Watching), ClusterKinds.Pulls,
                items => new PullsListed([.. items.Select(ClusterFacts.Pull)]),
                item => new PullChanged(ClusterFacts.Pull(item)),
                item => new PullDeleted(item.Metadata.Name ?? ""),
                onChange, end.Token),
        ];
        var first = await Task.WhenAny(watches);
        await end.CancelAsync();
        await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <inheritdoc/>
    public async Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken)
    {
        var wanted = PullDaemonSet.Build(
            order, ns, await owner.FindAsync(client, ns, cancellationToken), pullSecret, await sleeper.FindAsync(client, ns, cancellationToken));
        var created = await client.DaemonSets(ns).CreateAsync(wanted, cancellationToken);
        if (created.IsSuccess)
            return new(created.Value.Metadata.Uid ?? "", EnsuredHow.Created);
        if (!created.IsAlreadyExists)
            throw Failed(created.Error);

        var there = await client.DaemonSets(ns).GetAsync(order.Name, cancellationToken);
        if (!there.IsSuccess)
            throw Failed(there.Error);
        return await AdoptAsync(there.Value, wanted, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken)
    {
        var deleted = await client.DaemonSets(ns).DeleteAsync(name, new DeleteOptions(PropagationPolicy: "Background"), cancellationToken);
        if (!deleted.IsSuccess && !deleted.IsNotFound)
            throw Failed(deleted.Error);
        return deleted.IsSuccess;
    }

    /// <inheritdoc/>
    public async Task TellAsync(PullNews news, CancellationToken cancellationToken)
    {
        var about = await owner.FindAsync(client, ns, cancellationToken) is { } workload
            ? new ObjectReference(workload.ApiVersion, workload.Kind, workload.Name, ns, workload.Uid)
            : new ObjectReference("apps/v1", "DaemonSet", news.Pull, ns);
        var now = time.GetUtcNow();
        var made = await client.Events(ns).CreateAsync(
            new Event(
                new ObjectMeta(GenerateName: "cachemachine-", Namespace: ns), about, news.Reason,
                news.Message.Length <= LongestMessage ? news.Message : news.Message[..(LongestMessage - 1)] + "…",
                news.IsWarning ? "Warning" : "Normal", new EventSource("cachemachine"), now, now, 1, "cachemachine"),
            cancellationToken);
        if (!made.IsSuccess)
            throw Failed(made.Error);
    }

    private PullPod PullPodOf(Pod pod)
    {
        if (ClusterFacts.SleeperFailure(pod) is { } failure)
            sleeper.Failed(failure.Image, $"pod {pod.Metadata.Name} on node {pod.TargetNode()} cannot have it from {failure.Image}: {failure.Why}");
        return ClusterFacts.Pod(pod);
    }

    private async Task<EnsuredPull> AdoptAsync(DaemonSet there, DaemonSet wanted, CancellationToken cancellationToken)
    {
        var name = there.Metadata.Name!;
        if (there.Metadata.DeletionTimestamp is not null)
            throw new PortException($"adopt daemonset {ns}/{name}: it is being deleted");
        if (there.Spec?.Template.Spec is not { } pod || ClusterFacts.Pull(there) is var found && found.Image != ClusterFacts.Pull(wanted).Image)
        {
            await DeletePullAsync(name, cancellationToken);
            throw new PortException($"adopt daemonset {ns}/{name}: it was not for this image, and was deleted");
        }
        if (PullAffinity.Same(pod.Affinity, wanted.Spec!.Template.Spec.Affinity))
            return new(there.Metadata.Uid ?? "", EnsuredHow.Adopted);
        var patched = await client.DaemonSets(ns).PatchAsync(name, PullAffinity.Patch(wanted.Spec.Template.Spec.Affinity), cancellationToken);
        return patched.IsSuccess ? new(patched.Value.Metadata.Uid ?? "", EnsuredHow.Retargeted) : throw Failed(patched.Error);
    }

    private static async Task FollowAsync<T>(
        Watcher<T> watcher, ClusterKinds kind, Func<IReadOnlyList<T>, ClusterChange> listed, Func<T, ClusterChange> changed,
        Func<T, ClusterChange> deleted, Action<ClusterChange> onChange, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        await foreach (var e in watcher.RunAsync(cancellationToken))
        {
            onChange(e switch
            {
                WatchEvent<T>.Reset m => listed(m.Items),
                WatchEvent<T>.Added m => changed(m.Item),
                WatchEvent<T>.Modified m => changed(m.Item),
                WatchEvent<T>.Deleted m => deleted(m.Item),
                WatchEvent<T>.Interrupted m => new WatchBroken(kind, m.Error.ToString()),
                WatchEvent<T>.Connected => new WatchResumed(kind),
                _ => throw new ArgumentOutOfRangeException(nameof(watcher), e, "a watch event of no known kind"),
            });
        }
    }

    private static PortException Failed(ApiError error) => new(error.ToString(), error.RetryAfter);
}
