using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Pulling;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

/// <summary>A machine where the service lets only so many pulls be at one time.</summary>
public sealed class PullPermitTests
{
    private static readonly DesiredImage A = World.Image("a:1"), B = World.Image("b:1");

    private readonly World _world = new World(new MachineSettings { LimitsPulls = true }).Join("n1").Join("n2").Join("n3");

    [Fact]
    public void Nothing_begins_without_a_permit_and_the_status_says_what_it_waits_for()
    {
        _world.Begin(A, B);

        Assert.Empty(_world.State.Record.Pulls);
        Assert.Equal(new PullWants(0, 0, 0, [3, 3]), _world.State.PullsWanted);
        Assert.Equal(MachinePhase.Waiting, _world.Status.Phase);
        Assert.Contains("waiting until other pulls have ended", _world.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_permit_is_for_one_pull_and_is_used_up_by_it()
    {
        _world.Begin(A, B).Tell(new PullsGranted(1, 1000));

        Assert.Equal("a:1", Assert.Single(_world.State.Record.Pulls).Key.Split('/')[^1]);
        Assert.Equal(new PullWants(1, 1, 3, [3]), _world.State.PullsWanted);
    }

    [Fact]
    public void All_images_come_one_after_the_other()
    {
        _world.Begin(A, B);
        var most = 0;
        for (var i = 0; i < 10; i++)
        {
            _world.Act();
            most = Math.Max(most, _world.DaemonSets.Count);
            foreach (var node in _world.Nodes.ToList())
            {
                foreach (var pod in _world.Pods.Where(pod => pod.Node == node.Name).ToList())
                    _world.Pulled(pod.Pull == PullNames.DaemonSet("m", "registry.example:5000/a:1") ? "a:1" : "b:1", node.Name);
            }
            _world.See();
        }

        Assert.Equal(1, most);
        Assert.Equal(2, _world.Available.Count);
    }

    [Fact]
    public void An_image_that_more_nodes_lack_than_there_may_be_pods_is_pulled_on_some_then_on_the_others()
    {
        _world.Pulls = new PullBudget(5, 2);
        _world.Begin(A);
        var most = 0;
        for (var i = 0; i < 10; i++)
        {
            _world.Act();
            most = Math.Max(most, _world.Pods.Count());
            foreach (var node in _world.Nodes.ToList())
                _world.Pulled("a:1", node.Name);
            _world.See();
        }

        Assert.Equal(2, most);
        Assert.Single(_world.Available);
    }

    [Fact]
    public void What_is_on_its_way_out_still_counts()
    {
        _world.Begin(A).Act();

        _world.Tell(new DeleteMachine("m", 2));

        Assert.Equal((1, 0), (_world.State.PullsWanted.DaemonSets, _world.State.PullsWanted.Next.Length));
    }
}
