using System.Collections.Immutable;

namespace CacheMachine.Actors.Nodes;

/// <summary>How each change makes the next view of the last one.</summary>
public static class ClusterViewChanges
{
    /// <summary>The view after <paramref name="change"/>.</summary>
    public static ClusterView With(this ClusterView view, ClusterChange change) => change switch
    {
        NodesListed m => view.Heard(ClusterKinds.Nodes) with { Nodes = m.Nodes.ToImmutableDictionary(n => n.Name) },
        NodeChanged m => view.Heard(ClusterKinds.Nodes) with { Nodes = view.Nodes.SetItem(m.Node.Name, m.Node) },
        NodeDeleted m => view.Heard(ClusterKinds.Nodes) with { Nodes = view.Nodes.Remove(m.Name) },
        PodsListed m => view.Heard(ClusterKinds.Pods) with
        {
            Pods = m.Pods.Select(p => p.After(PodsBy(view, p.Pull).GetValueOrDefault(p.Name))).GroupBy(p => p.Pull).ToImmutableDictionary(g => g.Key, g => g.ToImmutableDictionary(p => p.Name)),
        },
        PodChanged m => view.Heard(ClusterKinds.Pods) with
        {
            Pods = view.Pods.SetItem(m.Pod.Pull, PodsBy(view, m.Pod.Pull).SetItem(m.Pod.Name, m.Pod.After(PodsBy(view, m.Pod.Pull).GetValueOrDefault(m.Pod.Name)))),
        },
        PodDeleted m => view.Heard(ClusterKinds.Pods) with { Pods = Without(view, m.Pull, m.Name) },
        PullsListed m => view.Heard(ClusterKinds.Pulls) with { Pulls = m.Pulls.ToImmutableDictionary(p => p.Name) },
        PullChanged m => view.Heard(ClusterKinds.Pulls) with { Pulls = view.Pulls.SetItem(m.Pull.Name, m.Pull) },
        PullDeleted m => view.Heard(ClusterKinds.Pulls) with { Pulls = view.Pulls.Remove(m.Name) },
        WatchResumed m => view with { Troubles = view.Troubles.Remove(m.Kind) },
        WatchBroken m => view with { Troubles = view.Troubles.SetItem(m.Kind, m.Error) },
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "a change of no known kind"),
    };

    private static ClusterView Heard(this ClusterView view, ClusterKinds kind) =>
        view with { Listed = view.Listed | kind };

    private static ImmutableDictionary<string, PullPod> PodsBy(ClusterView view, string pull) =>
        view.Pods.GetValueOrDefault(pull) ?? ImmutableDictionary<string, PullPod>.Empty;

    private static ImmutableDictionary<string, ImmutableDictionary<string, PullPod>> Without(ClusterView view, string pull, string name)
    {
        var left = PodsBy(view, pull).Remove(name);
        return left.IsEmpty ? view.Pods.Remove(pull) : view.Pods.SetItem(pull, left);
    }
}
