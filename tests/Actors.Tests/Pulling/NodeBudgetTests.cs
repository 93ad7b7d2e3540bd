using CacheMachine.Actors.Pulling;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

public sealed class NodeBudgetTests
{
    [Fact]
    public void No_more_nodes_than_the_limit_are_granted_and_a_node_of_two_machines_counts_once()
    {
        var budget = new NodeBudget(2).Want("a", ["n1", "n2", "n3"]).Want("b", ["n1", "n4"]);
        Assert.Equal(["n1", "n2"], budget.Granted.Order());
    }

    [Fact]
    public void A_node_stays_until_nobody_wants_it_then_the_one_that_waits_longest_follows()
    {
        var budget = new NodeBudget(1).Want("a", ["n1", "n2"]).Want("b", ["n3", "n1"]);
        Assert.Equal(["n1"], budget.Granted);
        budget = budget.Want("a", ["n2"]);
        Assert.Equal(["n1"], budget.Granted);
        budget = budget.Want("b", ["n3"]);
        Assert.Equal(["n2"], budget.Granted);
        budget = budget.Want("a", []);
        Assert.Equal(["n3"], budget.Granted);
    }
}
