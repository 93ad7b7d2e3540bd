using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using Xunit;

namespace CacheMachine.Actors.Tests.CacheMachines;

public sealed class UndecidedTests
{
    private static RepoManListed List(int index, string image) => new(1, index, new RepoList([World.Image(image)], []));

    [Fact]
    public void What_a_later_message_makes_out_of_date_is_dropped_and_the_order_of_the_rest_stays()
    {
        var undecided = new Undecided();
        var view = new ClusterSeen(ClusterView.Empty);

        var (one, other) = (List(1, "b"), List(0, "c"));

        foreach (var message in (IMachineMessage[])[
            List(0, "a"), new ClusterSeen(ClusterView.Empty), new PullRemoved("p"), one, new PullRemoved("q"), other, Awake.Instance, new PullRemoved("p"), view, Awake.Instance])
            undecided.Add(message);

        Assert.Equal(6, undecided.Count);
        Assert.Equal((IMachineMessage[])[one, new PullRemoved("q"), other, new PullRemoved("p"), view, Awake.Instance], undecided.Take());
        Assert.Empty(undecided.Take());
    }

    [Fact]
    public void A_long_outage_does_not_fill_the_memory()
    {
        var undecided = new Undecided();

        for (var i = 0; i < 10_000; i++)
        {
            undecided.Add(new ClusterSeen(ClusterView.Empty));
            undecided.Add(List(i % 3, $"{i}"));
            undecided.Add(new PullerTrouble("p", $"{i}"));
        }

        Assert.Equal(5, undecided.Count);
    }
}
