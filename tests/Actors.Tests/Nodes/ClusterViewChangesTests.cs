using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Nodes;

public sealed class ClusterViewChangesTests
{
    private const string Words = "ErrImagePull: manifest unknown";

    private static readonly ClusterView Synced = After(ClusterView.Empty, new NodesListed([]), new PodsListed([]), new PullsListed([]));

    [Fact]
    public void Absence_means_something_only_when_everything_has_been_listed()
    {
        Assert.False(ClusterView.Empty.IsSynced);
        Assert.False(After(ClusterView.Empty, new NodesListed([]), new PodsListed([])).IsSynced);
        Assert.True(Synced.IsSynced);
    }

    [Fact]
    public void A_new_list_drops_what_is_gone()
    {
        var view = After(
            Synced, new NodeChanged(Facts.Node("n1")), new NodeChanged(Facts.Node("n2")), new PodChanged(Facts.Pod("m-1", "n1", PullPodState.Pulling)),
            new PodChanged(Facts.Pod("m-2", "n1", PullPodState.Pulling)), new PullChanged(Pull("m-1")), new PullChanged(Pull("m-2")));

        view = After(
            view, new NodesListed([Facts.Node("n2")]), new PodsListed([Facts.Pod("m-2", "n1", PullPodState.Pulled)]), new PullsListed([Pull("m-2")]));

        Assert.Equal(["n2"], view.Nodes.Keys);
        Assert.Equal(["m-2"], view.Pods.Keys);
        Assert.Equal(["m-2"], view.Pulls.Keys);
        Assert.Equal(PullPodState.Pulled, Assert.Single(view.PodsOf("m-2")).State);
        Assert.Empty(view.PodsOf("m-1"));
    }

    [Fact]
    public void What_is_deleted_is_gone_and_deleting_it_again_changes_nothing()
    {
        var view = After(
            Synced, new NodeChanged(Facts.Node("n1")), new PullChanged(Pull("m-1")), new PodChanged(Facts.Pod("m-1", "n1", PullPodState.Pulling)),
            new PodChanged(Facts.Pod("m-1", "n2", PullPodState.Pulling)));

        view = After(view, new PodDeleted("m-1", "m-1-n1"));
        Assert.Equal("m-1-n2", Assert.Single(view.PodsOf("m-1")).Name);

        view = After(view, new PodDeleted("m-1", "m-1-n2"), new NodeDeleted("n1"), new PullDeleted("m-1"));
        view = After(view, new PodDeleted("m-1", "m-1-n2"), new NodeDeleted("n1"), new PullDeleted("m-1"));
        Assert.Empty(view.Nodes);
        Assert.Empty(view.Pods);
        Assert.Empty(view.Pulls);
    }

    [Fact]
    public void The_registrys_words_survive_kubelets_backing_off()
    {
        var view = After(Synced, Says(PullPodState.PullFailed, Words), Says(PullPodState.PullFailed, "ImagePullBackOff: Back-off pulling image"));
        Assert.Equal(Words, Assert.Single(view.PodsOf("m-1")).Reason);

        view = After(view, Says(PullPodState.PullFailed, "ErrImagePull: unauthorized"));
        Assert.Equal("ErrImagePull: unauthorized", Assert.Single(view.PodsOf("m-1")).Reason);
    }

    [Fact]
    public void Words_of_before_do_not_outlive_the_failure()
    {
        var view = After(
            Synced, Says(PullPodState.PullFailed, Words), Says(PullPodState.Pulling, null), Says(PullPodState.PullFailed, "ImagePullBackOff: Back-off"));
        Assert.Equal("ImagePullBackOff: Back-off", Assert.Single(view.PodsOf("m-1")).Reason);
    }

    [Fact]
    public void The_words_survive_a_new_list_too()
    {
        var view = After(
            Synced, Says(PullPodState.PullFailed, Words), new PodsListed([Facts.Pod("m-1", "n1", PullPodState.PullFailed, "ImagePullBackOff: Back-off")]));
        Assert.Equal(Words, Assert.Single(view.PodsOf("m-1")).Reason);
    }

    [Fact]
    public void A_broken_watch_is_known_until_it_has_resumed()
    {
        var broken = After(Synced, new WatchBroken(ClusterKinds.Pods, "reset"), new WatchBroken(ClusterKinds.Nodes, "timeout"));

        Assert.Equal("reset", broken.Troubles[ClusterKinds.Pods]);
        Assert.True(broken.IsSynced);
        Assert.Equal([ClusterKinds.Nodes], After(broken, new WatchResumed(ClusterKinds.Pods)).Troubles.Keys);
        Assert.Equal(2, After(broken, new NodesListed([]), new NodeChanged(Facts.Node("n1"))).Troubles.Count);
    }

    [Fact]
    public void A_view_never_changes()
    {
        var before = After(Synced, new NodeChanged(Facts.Node("n1")));
        _ = After(before, new NodeDeleted("n1"));
        Assert.Single(before.Nodes);
    }

    private static ClusterView After(ClusterView view, params ClusterChange[] changes) => changes.Aggregate(view, (now, change) => now.With(change));

    private static PodChanged Says(PullPodState state, string? reason) => new(Facts.Pod("m-1", "n1", state, reason));

    private static PullObject Pull(string name) => new(name, $"uid-{name}", "m", "registry.example/a:1");
}
