using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

/// <summary>What a machine keeps in mind, and for how long.</summary>
public sealed class MachineMemoryTests
{
    private static readonly RepoList Nothing = new([], []);

    private readonly World _world = new World().Join("n1");

    [Fact]
    public void An_image_that_another_repository_manager_may_still_list_goes_on_being_pulled()
    {
        _world.Configure(World.Spec(World.Image("a")) with { RepoMen = [new SimpleRepoManSpec([World.Image("a")]), new SimpleRepoManSpec([])] });
        _world.List(World.Image("a")).See().Act();
        _world.List();
        Assert.Single(_world.State.Record.Pulls);

        _world.Tell(new RepoManListed(1, 1, Nothing));
        Assert.Empty(_world.State.Record.Pulls);
    }

    [Fact]
    public void Evidence_outlives_a_restart_until_the_cluster_has_been_listed()
    {
        Pull("a");
        _world.Restart().Tell(new ClusterSeen(ClusterView.Empty)).Awake();
        Assert.Empty(_world.Journal.OfType<EvidenceEnded>());
    }

    [Fact]
    public void Evidence_has_the_digest_that_the_pod_showed_where_none_was_wanted()
    {
        Pull("a");
        Assert.Equal(World.Digest(1), Assert.Single(Assert.Single(_world.State.Record.Evidence).Value).Value.Digest);
    }

    [Fact]
    public void Failures_of_one_digest_do_not_lengthen_the_wait_of_another()
    {
        _world.Begin(World.Image("a", World.Digest(1)));
        Fail();
        _world.Pass(_world.Settings.RetryMin);
        Fail();
        Assert.Equal(_world.Settings.RetryMin * 2, LastWait());

        _world.List(World.Image("a", World.Digest(2)));
        Fail();
        Assert.Equal(_world.Settings.RetryMin, LastWait());
    }

    [Fact]
    public void A_node_that_has_the_image_at_last_is_no_longer_among_the_failures()
    {
        _world.Join("n2").Begin(World.Image("a")).Act();
        _world.PullFails("a", "n1", "ErrImagePull").PullFails("a", "n2", "ErrImagePull").See().Act();
        _world.Pass(_world.Settings.RetryMin).Act();
        _world.Pulled("a", "n1").PullFails("a", "n2", "ErrImagePull").See();
        Assert.Equal(["n2"], Assert.Single(_world.State.Record.Retries).Value.Failures.Keys);
    }

    [Fact]
    public void A_repository_manager_that_stays_keeps_its_list_under_a_new_spec()
    {
        _world.Begin(World.Image("a"));
        _world.Configure(World.Spec(World.Image("a")) with { Paused = true }, 2);
        Assert.Single(_world.State.Record.Lists);

        _world.Configure(World.Spec(World.Image("b")), 3);
        Assert.Empty(_world.State.Record.Lists);
    }

    [Fact]
    public void The_time_that_a_node_may_take_goes_on_over_a_restart()
    {
        _world.Begin(World.Image("a")).Act().Pass(_world.Settings.PullTimeout - TimeSpan.FromMinutes(1));
        _world.Restart().See();
        Assert.Empty(_world.Journal.OfType<PullEnded>());
        _world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("no progress for 30 min", Assert.Single(_world.Journal.OfType<PullEnded>()).Failures["n1"]);
    }

    [Fact]
    public void No_more_images_are_in_flight_than_allowed_also_where_no_node_pulls_two()
    {
        _world.Join("n2").Pulled("b", "n1", reported: true).Pulled("a", "n2", reported: true);
        _world.Configure(World.Spec(World.Image("a"), World.Image("b")) with { ParallelImages = 1 }).List(World.Image("a"), World.Image("b")).See();
        Assert.Equal(["registry.example:5000/a:latest"], _world.State.Record.Pulls.Keys);
    }

    private void Pull(string image) => _world.Begin(World.Image(image)).Act().Pulled(image, "n1").See().Act();

    private void Fail() => _world.Act().PullFails("a", "n1", "ErrImagePull").See().Act();

    private TimeSpan LastWait()
    {
        var ended = _world.Journal.OfType<PullEnded>().Last(e => e.Outcome == PullOutcome.Failed);
        return ended.RetryAt!.Value - ended.At;
    }
}
