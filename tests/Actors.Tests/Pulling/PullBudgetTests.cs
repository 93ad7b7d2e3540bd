using System.Globalization;
using CacheMachine.Actors.Pulling;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

/// <summary>Who may begin pulls when there may be only so many.</summary>
public sealed class PullBudgetTests
{
    [Fact]
    public void No_more_DaemonSets_than_the_limit_whoever_asks()
    {
        var budget = new PullBudget(3, 1000).Want("a", Wants(0, 0, 5, 5)).Want("b", Wants(0, 0, 5, 5));

        Assert.Equal((2, 1), (budget.Granted("a"), budget.Granted("b")));
    }

    [Fact]
    public void What_becomes_free_goes_to_who_has_the_fewest()
    {
        var budget = new PullBudget(2, 1000).Want("a", Wants(0, 0, 5, 5, 5, 5)).Want("b", Wants(0, 0, 5));
        Assert.Equal((2, 0), (budget.Granted("a"), budget.Granted("b")));

        budget = budget.Want("a", Wants(2, 2, 5, 5));
        Assert.Equal((2, 0), (budget.Granted("a"), budget.Granted("b")));
        budget = budget.Want("a", Wants(2, 1, 5, 5));

        Assert.Equal((2, 1), (budget.Granted("a"), budget.Granted("b")));
    }

    [Fact]
    public void Of_those_who_have_the_same_it_goes_to_who_has_waited_longest()
    {
        var budget = new PullBudget(1, 1000).Want("c", Wants(0, 0, 5)).Want("b", Wants(0, 0, 5)).Want("a", Wants(0, 0, 5));
        budget = budget.Want("c", Wants(1, 1, 5)).Want("c", Wants(1, 0, 5));
        Assert.Equal((1, 1, 0), (budget.Granted("c"), budget.Granted("b"), budget.Granted("a")));

        budget = budget.Want("b", Wants(1, 1, 5)).Want("b", Wants(1, 0, 5));

        Assert.Equal((1, 1, 1), (budget.Granted("c"), budget.Granted("b"), budget.Granted("a")));
    }

    [Fact]
    public void A_pull_waits_until_there_is_room_for_its_pods_and_is_not_overtaken()
    {
        var budget = new PullBudget(50, 100).Want("a", Wants(0, 0, 60)).Want("b", Wants(0, 0, 60)).Want("c", Wants(0, 0, 10));
        Assert.Equal((1, 0, 0), (budget.Granted("a"), budget.Granted("b"), budget.Granted("c")));

        budget = budget.Want("a", new PullWants(1, 1, 60, [])).Want("a", new PullWants(1, 0, 0, []));

        Assert.Equal((1, 1), (budget.Granted("b"), budget.Granted("c")));
    }

    [Fact]
    public void A_pull_that_wants_more_pods_than_there_may_be_gets_all_of_them() =>
        Assert.Equal(1, new PullBudget(50, 100).Want("a", Wants(0, 0, 5000)).Granted("a"));

    [Fact]
    public void A_permit_that_is_not_needed_comes_back()
    {
        var budget = new PullBudget(1, 1000).Want("a", Wants(0, 0, 5)).Want("b", Wants(0, 0, 5));

        budget = budget.Want("a", Wants(0, 0));

        Assert.Equal((0, 1), (budget.Granted("a"), budget.Granted("b")));
    }

    [Fact]
    public void What_a_machine_had_is_free_when_it_is_gone()
    {
        var budget = new PullBudget(1, 1000).Want("a", Wants(0, 1)).Want("b", Wants(0, 0, 5));
        Assert.Equal(0, budget.Granted("b"));

        Assert.Equal(1, budget.Forget("a").Granted("b"));
    }

    [Fact]
    public void A_smaller_limit_takes_nothing_away_and_a_larger_one_counts_at_once()
    {
        var budget = new PullBudget(2, 1000).Want("a", Wants(0, 0, 5, 5, 5)).Resize(1, 500);
        Assert.Equal(2, budget.Granted("a"));

        Assert.Equal(3, budget.Resize(3, 1000).Granted("a"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_the_limits_hold_and_everybody_gets_done(int seed)
    {
        var random = new Random(seed);
        var budget = new PullBudget(5, 60);
        var machines = Enumerable.Range(0, 30).Select(i => new Machine(
            i.ToString(CultureInfo.InvariantCulture), new Queue<int>(Enumerable.Range(0, random.Next(1, 10)).Select(_ => random.Next(1, 61))))).ToList();
        for (var steps = 0; machines.Exists(machine => !machine.IsDone); steps++)
        {
            Assert.True(steps < 100_000, "somebody waits for ever");
            var machine = machines[random.Next(machines.Count)];
            if (machine.Running.Count > 0 && random.Next(2) == 0)
                machine.Running.RemoveAt(random.Next(machine.Running.Count));
            while (machine.Started < budget.Granted(machine.Name) && machine.Todo.TryDequeue(out var pods))
            {
                machine.Running.Add(pods);
                machine.Started++;
            }
            budget = budget.Want(machine.Name, new PullWants(machine.Started, machine.Running.Count, machine.Running.Sum(), [.. machine.Todo.Take(3)]));
            Assert.InRange(machines.Sum(m => m.Running.Count), 0, 5);
            Assert.InRange(machines.Sum(m => m.Running.Sum()), 0, 60);
        }
    }

    private static PullWants Wants(long started, int has, params int[] next) => new(started, has, has, [.. next]);

    private sealed class Machine(string name, Queue<int> todo)
    {
        public string Name => name;

        public Queue<int> Todo => todo;

        public List<int> Running { get; } = [];

        public long Started { get; set; }

        public bool IsDone => Todo.Count == 0 && Running.Count == 0;
    }
}
