using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Nodes;

public sealed class ClusterWatcherActorTests : ActorTest
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1), Again = TimeSpan.FromSeconds(5);

    private readonly ClusterDouble _cluster = new();

    [Fact]
    public void A_subscriber_gets_the_view_at_once()
    {
        _cluster.Join("n1");
        var watcher = Start();

        watcher.Tell(SubscribeToCluster.Instance, TestActor);

        var view = ExpectMsg<ClusterSeen>().View;
        Assert.True(view.IsSynced);
        Assert.Equal(["n1"], view.Nodes.Keys);
    }

    [Fact]
    public void Changes_of_a_burst_are_told_together_a_moment_after_the_first()
    {
        Subscribe(Start());

        _cluster.Say(new NodeChanged(Facts.Node("n1")));
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather / 2);
        _cluster.Say(new NodeChanged(Facts.Node("n2")), new NodeDeleted("n1"));
        ExpectNoMsg((ClusterWatcherActor.Gather / 2) - Tick);

        Time.Advance(Tick);
        Assert.Equal(["n2"], ExpectMsg<ClusterSeen>().View.Nodes.Keys);
        ExpectNoMsg(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Changes_that_never_pause_are_told_all_the_same()
    {
        Subscribe(Start());
        for (var i = 0; i < 100; i++)
        {
            _cluster.Say(new NodeChanged(Facts.Node($"n{i}")));
            ComeToRest();
            Time.Advance(Tick);
        }
        Assert.InRange(ExpectMsg<ClusterSeen>().View.Nodes.Count, 50, 51);
    }

    [Fact]
    public void Every_subscriber_gets_the_same_view()
    {
        var watcher = Start();
        Subscribe(watcher);
        var other = CreateTestProbe();
        other.Send(watcher, SubscribeToCluster.Instance);
        other.ExpectMsg<ClusterSeen>();

        _cluster.Say(new NodeChanged(Facts.Node("n1")));
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        Assert.Same(ExpectMsg<ClusterSeen>().View, other.ExpectMsg<ClusterSeen>().View);
    }

    [Fact]
    public void A_dead_subscriber_is_forgotten()
    {
        var watcher = Start();
        Subscribe(watcher);
        var other = CreateTestProbe();
        other.Send(watcher, SubscribeToCluster.Instance);
        other.ExpectMsg<ClusterSeen>();
        SubscribeToDeadLetters();
        Watch(other.Ref);
        Sys.Stop(other.Ref);
        ExpectTerminated(other.Ref);

        _cluster.Say(new NodeChanged(Facts.Node("n1")));
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        ExpectMsg<ClusterSeen>();
        ExpectNoMsg();
    }

    [Fact]
    public void A_watch_that_fails_is_begun_again()
    {
        Subscribe(Start());
        _cluster.Join("n1");
        _cluster.Watches[0].Fail("no such resource");
        ComeToRest();
        Time.Advance(Again - Tick);
        Assert.Single(_cluster.Watches);

        Time.Advance(Tick);
        Assert.Equal(2, _cluster.Watches.Count);
        ExpectMsg<ClusterSeen>();
        _cluster.Join("n2");
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        FishForMessage<ClusterSeen>(seen => seen.View.Nodes.Count == 2);
    }

    [Fact]
    public void A_watch_that_ends_without_an_error_is_begun_again()
    {
        Subscribe(Start());
        _cluster.Watches[0].End();
        ComeToRest();
        Time.Advance(Again);
        Assert.Equal(2, _cluster.Watches.Count);
    }

    [Fact]
    public void What_cannot_be_understood_restarts_it_with_one_watch_and_all_its_subscribers()
    {
        Subscribe(Start());
        _cluster.Say(new Nonsense());
        ComeToRest();
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_cluster.Watches, watch => !watch.IsOver);
        FishForMessage<ClusterSeen>(seen => seen.View.IsSynced);

        _cluster.Join("n1");
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        FishForMessage<ClusterSeen>(seen => seen.View.Nodes.ContainsKey("n1"));
        ExpectNoMsg(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _cluster.Watches.Count);
    }

    [Fact]
    public void Its_end_ends_the_watch()
    {
        var watcher = Start();
        Watch(watcher);
        Sys.Stop(watcher);
        ExpectTerminated(watcher);
        Assert.True(Assert.Single(_cluster.Watches).IsOver);
    }

    [Fact]
    public void Trouble_is_logged_once_for_all_that_is_watched_when_it_begins_and_when_all_of_it_is_over()
    {
        Start();
        EventFilter.Warning(contains: "Watching nodes, pull pods, DaemonSets failed; retrying: connection refused").ExpectOne(() =>
        {
            for (var i = 0; i < 10; i++)
                Say(Broken(ClusterKinds.Nodes), Broken(ClusterKinds.Pods), Broken(ClusterKinds.Pulls));
        });
        Time.Advance(TimeSpan.FromMinutes(2));
        EventFilter.Warning().And.Info().Expect(0, () => Say(new WatchResumed(ClusterKinds.Pods), new NodesListed([]), Broken(ClusterKinds.Pods)));
        EventFilter.Info(contains: "Watching the cluster again after 2 min").ExpectOne(() =>
            Say(new WatchResumed(ClusterKinds.Nodes), new WatchResumed(ClusterKinds.Pods), new WatchResumed(ClusterKinds.Pulls), new WatchResumed(ClusterKinds.Pods)));
    }

    [Fact]
    public void Another_reason_of_the_same_trouble_is_logged_once()
    {
        Start();
        Say(Broken(ClusterKinds.Pods));
        EventFilter.Warning(contains: "Watching pull pods failed; retrying: the server has no room").ExpectOne(() =>
        {
            for (var i = 0; i < 10; i++)
                Say(Broken(ClusterKinds.Pods, i % 2 == 0 ? "the server has no room" : "connection refused"));
        });
        EventFilter.Warning(contains: "failed").Expect(8, () =>
        {
            for (var i = 0; i < 100; i++)
                Say(Broken(ClusterKinds.Pods, $"<html>{i}</html>"));
        });
    }

    private static WatchBroken Broken(ClusterKinds kind, string error = "connection refused") => new(kind, error);

    private void Say(params ClusterChange[] changes)
    {
        _cluster.Say(changes);
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        ComeToRest();
    }

    private IActorRef Start()
    {
        var watcher = ActorOf(Props.Create(() => new ClusterWatcherActor(_cluster, Time)));
        ComeToRest();
        Time.Advance(ClusterWatcherActor.Gather);
        return watcher;
    }

    private void Subscribe(IActorRef watcher)
    {
        watcher.Tell(SubscribeToCluster.Instance, TestActor);
        ExpectMsg<ClusterSeen>();
    }

    private sealed record Nonsense : ClusterChange;
}
