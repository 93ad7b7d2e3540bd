using Akka.Configuration;
using CacheMachine.Actors;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Clustering.Fencing;
using CacheMachine.Host.Tests.Kubernetes;
using CacheMachine.TestKit;

namespace CacheMachine.Host.Tests.Clustering.Fencing;

public sealed class ReplicaFenceTests
{
    private static readonly FenceTimes Times = new(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9));
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly VirtualTimeProvider _time = new();
    private readonly ReplicaFence _fence;

    public ReplicaFenceTests() => _fence = new ReplicaFence(Times, _time);

    [Fact]
    public void A_member_that_is_up_sees_all_others_and_has_seen_its_Lease_may_write()
    {
        Run(TimeSpan.FromHours(1));

        Assert.Null(_fence.WhyClosed());
        Assert.True(_fence.IsWhole);
        Assert.True(_fence.IsReachable("a"));
        Assert.False(_fence.IsReachable("b"));
    }

    [Fact]
    public void Before_it_has_joined_and_while_it_leaves_it_may_not()
    {
        _fence.SeeLease(_time.GetTimestamp());
        Assert.Equal("this replica has not joined the others, or is leaving them", _fence.WhyClosed());
        Run(Beat);
        Assert.Null(_fence.WhyClosed());
        _fence.Beat(isMember: true, isUp: false, ["a"], []);
        Assert.NotNull(_fence.WhyClosed());
    }

    [Fact]
    public void Without_a_heartbeat_it_is_closed_before_any_timer_fires_and_stays_so()
    {
        Run(Beat);
        _time.Advance(TimeSpan.FromSeconds(60));

        // The request comes before the heartbeat does.
        Assert.Equal("this replica was frozen for 60 s, and others may run its machines", _fence.WhyClosed());
        Assert.True(_fence.StoodStill);
        Assert.False(_fence.IsWhole);
        Assert.Equal(TimeSpan.FromSeconds(60), _fence.Beat(isMember: true, isUp: true, ["a"], []));

        Run(TimeSpan.FromMinutes(5));
        Assert.StartsWith("this replica was frozen for 60 s", _fence.WhyClosed(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_pause_and_one_before_it_has_joined_do_no_harm()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, _fence.Beat(isMember: false, isUp: false, [], []));
        Run(Beat);
        _time.Advance(Times.Silence - TimeSpan.FromSeconds(1));
        Run(Beat);
        Assert.Null(_fence.WhyClosed());
    }

    [Fact]
    public void While_it_is_not_decided_who_goes_on_it_is_closed()
    {
        Run(Beat);
        Run(Times.Undecided, "b");
        Assert.False(_fence.IsWhole);
        Assert.Null(_fence.WhyClosed());
        Run(Beat, "b");
        Assert.Equal("it is not decided whether this replica or b goes on", _fence.WhyClosed());

        // b is given up.
        Run(Beat);
        Assert.Null(_fence.WhyClosed());
        Run(Beat, "c");
        Assert.Null(_fence.WhyClosed());
    }

    [Fact]
    public void When_its_cluster_was_not_seen_to_hold_its_Lease_it_is_closed_until_it_is()
    {
        Run(Beat);
        for (var left = Times.Lease; left > TimeSpan.Zero; left -= Beat)
        {
            Assert.Null(_fence.WhyClosed());
            _time.Advance(Beat);
            _fence.Beat(isMember: true, isUp: true, ["a"], []);
        }
        Assert.Equal("this replica has not seen for a while that its cluster holds its Lease", _fence.WhyClosed());
        Run(Beat);
        Assert.Null(_fence.WhyClosed());
    }

    // Others begin to act on what a lost replica ran: after it is missed, stable-after, and the margin.
    [Fact]
    public void Each_limit_ends_before_others_begin_to_act()
    {
        var akka = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "replicas.conf")));
        var times = FenceTimes.Of(akka);
        var stable = akka.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after");
        var margin = akka.GetTimeSpan("akka.cluster.down-removal-margin");

        Assert.InRange(times.Silence, TimeSpan.Zero, akka.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause") + stable + margin - TimeSpan.FromSeconds(2));
        Assert.InRange(times.Undecided, stable + akka.GetTimeSpan("akka.cluster.split-brain-resolver.lease-majority.acquire-lease-delay-for-minority"), stable + margin - TimeSpan.FromSeconds(2));
        // Newcomers form another cluster after two durations.
        Assert.InRange(times.Lease, TimeSpan.Zero, akka.GetTimeSpan("akka.coordination.lease.heartbeat-timeout") - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_would_change_the_cluster_is_refused_in_words_while_it_is_closed()
    {
        var inner = new Recorder();
        var pulls = new FencedPulls(inner, _fence);
        var news = new PullNews("m-1", "Pulled", "done", false);
        Run(Beat);
        Assert.True(await pulls.DeletePullAsync("m-1", default));
        await pulls.EnsurePullAsync(Orders.Plain(), default);
        await pulls.TellAsync(news, default);
        Assert.Equal(["delete m-1", "ensure jupyter-0123456789", "tell m-1"], inner.Calls);

        _time.Advance(TimeSpan.FromSeconds(60));
        var error = await Assert.ThrowsAsync<PortException>(() => pulls.DeletePullAsync("m-1", default));
        Assert.Equal("delete DaemonSet m-1: nothing was done, because this replica was frozen for 60 s, and others may run its machines", error.Message);
        await Assert.ThrowsAsync<PortException>(() => pulls.EnsurePullAsync(Orders.Plain(), default));
        await Assert.ThrowsAsync<PortException>(() => pulls.TellAsync(news, default));
        Assert.Equal(3, inner.Calls.Count);
    }

    private void Run(TimeSpan time, params string[] unreachable)
    {
        for (; time > TimeSpan.Zero; time -= Beat)
        {
            _time.Advance(Beat);
            _fence.Beat(isMember: true, isUp: true, ["a"], unreachable);
            _fence.SeeLease(_time.GetTimestamp());
        }
    }
}
