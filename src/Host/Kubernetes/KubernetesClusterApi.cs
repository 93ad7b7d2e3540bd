using CacheMachine.Actors;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Kubernetes.Watching;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>The cluster, by the Kubernetes API.</summary>
/// <param name="connection">The API server, and the namespace of our DaemonSets and pods.</param>
/// <param name="owner">Finds the workload that runs us.</param>
/// <param name="pullSecret">A Secret that every pull may use; null for none.</param>
/// <param name="sleeper">Finds what pull pods run.</param>
internal sealed class KubernetesClusterApi(KubernetesConnection connection, PullOwner owner, string? pullSecret, Sleeper sleeper) : IClusterWatch, IPulls
{
    private const string Ours = $"{PullDaemonSet.PullLabel}={PullDaemonSet.PullLabelValue}";

    private readonly string _ns = connection.Namespace;

    /// <inheritdoc/>
    public async Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken)
    {
        // A watch that fails takes the others along: as long as one of them goes on, nobody would know, and it would not be begun again.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] watches =
        [
            FollowAsync<WatchedNode, NodeFacts>(
                new WatchedKind("", "v1", "nodes"), node => node.Metadata?.ResourceVersion, ClusterFacts.Node, ClusterKinds.Nodes,
                nodes => new NodesListed(nodes), node => new NodeChanged(node), node => new NodeDeleted(node.Name), onChange, end.Token),
            FollowAsync<WatchedPod, PullPod>(
                new WatchedKind("", "v1", "pods", _ns, Ours), pod => pod.Metadata?.ResourceVersion, PullPodOf, ClusterKinds.Pods,
                pods => new PodsListed(pods), pod => new PodChanged(pod), pod => new PodDeleted(pod.Pull, pod.Name), onChange, end.Token),
            FollowAsync<WatchedDaemonSet, PullObject>(
                new WatchedKind("apps", "v1", "daemonsets", _ns, Ours), set => set.Metadata?.ResourceVersion, ClusterFacts.Pull, ClusterKinds.Pulls,
                pulls => new PullsListed(pulls), pull => new PullChanged(pull), pull => new PullDeleted(pull.Name), onChange, end.Token),
        ];
        var first = await Task.WhenAny(watches);
        await end.CancelAsync();
        await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <inheritdoc/>
    public Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken) => InPortsWordsAsync(async () =>
    {
        var wanted = Build(order, await owner.FindAsync(connection, cancellationToken), await sleeper.FindAsync(connection, cancellationToken));
        try
        {
            var made = await AskAsync(
                "create", order.Name, (apps, token) => apps.CreateNamespacedDaemonSetAsync(wanted, _ns, cancellationToken: token), cancellationToken);
            return new(made.Metadata.Uid ?? "", EnsuredHow.Created);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            return await AdoptAsync(wanted, cancellationToken);
        }
    });

    /// <inheritdoc/>
    public Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken) => InPortsWordsAsync(async () =>
    {
        // The pods go with it, whenever the garbage collector comes to them.
        var options = new V1DeleteOptions { ApiVersion = "v1", Kind = "DeleteOptions", PropagationPolicy = "Background" };
        try
        {
            await AskAsync(
                "delete", name, (apps, token) => apps.DeleteNamespacedDaemonSetAsync(name, _ns, options, cancellationToken: token), cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    });

    /// <inheritdoc/>
    public Task TellAsync(PullNews news, CancellationToken cancellationToken) => InPortsWordsAsync(async () =>
    {
        var told = PullEvent.Build(news, _ns, await owner.FindAsync(connection, cancellationToken), connection.Time.GetUtcNow());
        return await connection.AskAsync(
            new ApiOperation("create", "events", _ns, $"{told.Metadata.GenerateName}*"),
            (client, token) => client.CoreV1.CreateNamespacedEventAsync(told, _ns, cancellationToken: token), cancellationToken);
    });

    private static async Task<T> InPortsWordsAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiException e)
        {
            throw e.ToPort();
        }
    }

    private Task<T> AskAsync<T>(
        string verb, string name, Func<IAppsV1Operations, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        connection.AskAsync(new ApiOperation(verb, "daemonsets.apps", _ns, name), (client, token) => call(client.AppsV1, token), cancellationToken);

    private V1DaemonSet Build(PullOrder order, V1OwnerReference? workload, SleeperImage? image)
    {
        try
        {
            return PullDaemonSet.Build(order, _ns, workload, pullSecret, image);
        }
        catch (FormatException e)
        {
            throw new PortException($"create daemonsets.apps {_ns}/{order.Name}: {e.Message}", inner: e);
        }
    }

    private PullPod PullPodOf(WatchedPod pod)
    {
        if (ClusterFacts.SleeperFailure(pod) is { } failure)
        {
            var where = $"pod {pod.Metadata?.Name} on node {ClusterFacts.TargetNode(pod)}";
            sleeper.Failed(failure.Image, $"{where} cannot have it from {failure.Image}: {failure.Why}");
        }
        return ClusterFacts.Pod(pod);
    }

    private async Task<EnsuredPull> AdoptAsync(V1DaemonSet wanted, CancellationToken cancellationToken)
    {
        var name = wanted.Metadata.Name;
        var there = await AskAsync("get", name, (apps, token) => apps.ReadNamespacedDaemonSetAsync(name, _ns, cancellationToken: token), cancellationToken);
        if (there.Metadata.DeletionTimestamp is not null)
            throw new PortException($"adopt daemonset {_ns}/{name}: it is being deleted");
        if (ClusterFacts.ImageOf(there) != ClusterFacts.ImageOf(wanted))
        {
            await DeletePullAsync(name, cancellationToken);
            throw new PortException($"adopt daemonset {_ns}/{name}: it was not for this image, and was deleted");
        }
        var affinity = wanted.Spec.Template.Spec.Affinity;
        if (PullAffinity.Same(there.Spec.Template.Spec.Affinity, affinity))
            return new(there.Metadata.Uid ?? "", EnsuredHow.Adopted);
        var patched = await AskAsync(
            "patch", name, (apps, token) => apps.PatchNamespacedDaemonSetAsync(PullAffinity.Patch(affinity), name, _ns, cancellationToken: token),
            cancellationToken);
        return new(patched.Metadata.Uid ?? "", EnsuredHow.Retargeted);
    }

    private Task FollowAsync<TItem, TFact>(
        WatchedKind what, Func<TItem, string?> versionOf, Func<TItem, TFact> project, ClusterKinds kind, Func<IReadOnlyList<TFact>, ClusterChange> listed,
        Func<TFact, ClusterChange> changed, Func<TFact, ClusterChange> deleted, Action<ClusterChange> onChange, CancellationToken cancellationToken)
        where TItem : class =>
        new Follower<TItem, TFact>(connection, what, WatchedJson.Default.Options, versionOf, project).RunAsync(
            told => onChange(told switch
            {
                Followed<TFact>.Listed m => listed(m.Items),
                Followed<TFact>.Changed m => changed(m.Item),
                Followed<TFact>.Deleted m => deleted(m.Item),
                Followed<TFact>.Interrupted m => new WatchBroken(kind, m.Reason),
                Followed<TFact>.Resumed => new WatchResumed(kind),
                _ => throw new ArgumentOutOfRangeException(nameof(told), told, "an event of no known kind"),
            }),
            cancellationToken);
}
