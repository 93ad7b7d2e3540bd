using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

/// <summary>The test actor is the machine; the cluster answers when the test says so.</summary>
public sealed class ImagePullerActorTests : ActorTest
{
    private const string Pull = "m-1";
    private static readonly TimeSpan Min = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(4);

    private readonly ClusterDouble _cluster = new() { Holds = true };

    [Fact]
    public void It_asks_for_its_orders_first()
    {
        Start();
        ExpectNoMsg();
        Assert.Empty(_cluster.Requests);
    }

    [Fact]
    public void It_makes_the_DaemonSet_that_is_ordered_and_says_so()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Assert.Equal(Facts.Order(Pull).Image, Last("ensure").Order!.Image);
        ExpectNoMsg();

        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
        Assert.Equal(Pull, Assert.Single(_cluster.DaemonSets).Name);
        ExpectNoMsg(TimeSpan.FromHours(1));
        Assert.Single(_cluster.Requests);
    }

    [Fact]
    public void It_adopts_the_DaemonSet_that_is_there()
    {
        _cluster.Plant(Pull, "m");
        var uid = _cluster.UidOf(Pull);
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Last("ensure").Succeed();

        ExpectMsg(new PullEnsured(Pull));
        Assert.Equal(uid, _cluster.UidOf(Pull));
    }

    [Fact]
    public void New_orders_change_the_targets()
    {
        var puller = Ensured();
        Tell(puller, Facts.Order(Pull, "n1", "n2"));
        Last("ensure").Succeed();

        ExpectMsg(new PullEnsured(Pull));
        Assert.Equal(PullTargets.On(["n1", "n2"]), Assert.Single(_cluster.DaemonSets).Targets);
    }

    [Fact]
    public void The_order_that_there_be_none_deletes_it()
    {
        var puller = Ensured();
        Tell(puller, null);
        Assert.Equal(Pull, Last("delete").Name);
        ExpectNoMsg();

        Last("delete").Succeed();
        ExpectMsg(new PullRemoved(Pull));
        Assert.Empty(_cluster.DaemonSets);
    }

    [Fact]
    public void One_that_is_gone_already_is_removed_too()
    {
        var puller = Start();
        Tell(puller, null);
        Last("delete").Succeed();
        ExpectMsg(new PullRemoved(Pull));
    }

    [Fact]
    public void Orders_that_come_during_a_request_are_carried_out_after_it_the_last_ones_only()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull, "n1"));
        Tell(puller, Facts.Order(Pull, "n1", "n2"));
        Tell(puller, Facts.Order(Pull, "n1", "n2", "n3"));
        Assert.Single(_cluster.Requests);

        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
        ComeToRest();
        Assert.Equal(2, _cluster.Requests.Count);
        Assert.Equal(PullTargets.On(["n1", "n2", "n3"]), Last("ensure").Order!.Targets);

        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
        ExpectNoMsg();
    }

    [Fact]
    public void An_end_that_is_ordered_during_the_making_follows_it()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Tell(puller, null);
        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
        ComeToRest();

        Last("delete").Succeed();
        ExpectMsg(new PullRemoved(Pull));
        Assert.Empty(_cluster.DaemonSets);
    }

    [Fact]
    public void An_error_is_told_and_after_a_wait_it_asks_for_its_orders_again()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Last("ensure").Fail("create daemonset ns/m-1: 503");
        ExpectMsg(new PullerTrouble(Pull, "create daemonset ns/m-1: 503"));
        ExpectNoMsg(Min - TimeSpan.FromMilliseconds(1));

        Time.Advance(Min * 0.2 + TimeSpan.FromMilliseconds(1));
        ExpectMsg(new PullerReady(Pull));
        Tell(puller, Facts.Order(Pull));
        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
    }

    [Fact]
    public void It_waits_twice_as_long_each_time_and_never_longer_than_the_maximum()
    {
        var puller = Start();
        foreach (var seconds in new[] { 1, 2, 4, 4, 4 })
        {
            Tell(puller, Facts.Order(Pull));
            Last("ensure").Fail("503");
            ExpectMsg<PullerTrouble>();
            ExpectNoMsg(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Time.Advance(TimeSpan.FromSeconds(seconds) * 0.2 + TimeSpan.FromMilliseconds(1));
            ExpectMsg(new PullerReady(Pull));
        }
    }

    [Fact]
    public void Orders_that_come_while_it_waits_are_not_needed_because_it_asks()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Last("ensure").Fail("503");
        ExpectMsg<PullerTrouble>();
        Tell(puller, null);
        ExpectNoMsg();
        Assert.Single(_cluster.Requests);

        Time.Advance(Min * 1.2);
        ExpectMsg(new PullerReady(Pull));
        Assert.Single(_cluster.Requests);
    }

    [Fact]
    public void Orders_that_came_before_an_error_do_not_start_a_request_after_it()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        Tell(puller, null);
        Last("ensure").Fail("503");
        ExpectMsg<PullerTrouble>();

        Time.Advance(Min * 1.2);
        ExpectMsg(new PullerReady(Pull));
        Tell(puller, null);
        Last("delete").Succeed();
        ExpectMsg(new PullRemoved(Pull));
    }

    [Fact]
    public void Its_end_gives_the_request_up_and_a_late_answer_changes_nothing()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull));
        var late = Last("ensure");
        Watch(puller);
        Sys.Stop(puller);
        ExpectTerminated(puller);

        Assert.True(late.IsGivenUp);
        late.Succeed();
        ExpectNoMsg(Max);
    }

    [Fact]
    public void A_late_answer_to_an_earlier_puller_of_that_name_changes_nothing()
    {
        var first = Start("puller");
        Tell(first, Facts.Order(Pull));
        var late = Last("ensure");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);

        var second = Start("puller");
        Tell(second, null);
        late.Succeed();
        ExpectNoMsg();
        Last("delete").Succeed();
        ExpectMsg(new PullRemoved(Pull));
        ExpectNoMsg();
    }

    private IActorRef Start(string? name = null)
    {
        var machine = TestActor;
        var puller = ActorOf(ImagePullerActor.SupervisedProps(Pull, _cluster, machine, Min, Max), name);
        ExpectMsg(new PullerReady(Pull));
        return puller;
    }

    private IActorRef Ensured()
    {
        var puller = Start();
        Tell(puller, Facts.Order(Pull, "n1"));
        Last("ensure").Succeed();
        ExpectMsg(new PullEnsured(Pull));
        return puller;
    }

    private void Tell(IActorRef puller, PullOrder? order)
    {
        puller.Tell(new PullOrders(order), TestActor);
        ComeToRest();
    }

    private ClusterRequest Last(string verb) => _cluster.Asked(verb).Last();
}
