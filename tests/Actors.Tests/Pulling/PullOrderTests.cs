using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

public sealed class PullOrderTests
{
    [Fact]
    public void Targets_are_equal_when_they_are_the_same_nodes()
    {
        Assert.Equal(PullTargets.On(["b", "a"]), PullTargets.On(["a", "b", "a"]));
        Assert.Equal(PullTargets.On(["a"]).GetHashCode(), PullTargets.On(["a", "a"]).GetHashCode());
        Assert.NotEqual(PullTargets.On(["a"]), PullTargets.On(["b"]));
        Assert.NotEqual(PullTargets.On([]), PullTargets.Everywhere);
        Assert.NotEqual(PullTargets.Everywhere, PullTargets.On([]));
        Assert.Equal(PullTargets.Everywhere, new PullTargets(null));
    }

    [Fact]
    public void Targets_cover_the_nodes_they_name_or_all()
    {
        Assert.True(PullTargets.Everywhere.Covers("any"));
        Assert.True(PullTargets.On(["a"]).Covers("a"));
        Assert.False(PullTargets.On(["a"]).Covers("A"));
        Assert.False(PullTargets.On([]).Covers("a"));
    }

    [Fact]
    public void A_puller_is_told_again_when_the_targets_change_and_only_then()
    {
        var order = new PullOrder("m-1", "a:1", "Always", PullTargets.On(["a"]), new MachineSpec { Name = "m" });
        Assert.Equal(new PullerWork(order, 0), new PullerWork(order with { Targets = PullTargets.On(["a"]) }, 0));
        Assert.NotEqual(new PullerWork(order, 0), new PullerWork(order with { Targets = PullTargets.On(["a", "b"]) }, 0));
        Assert.NotEqual(new PullerWork(order, 0), new PullerWork(order, 1));
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(3, 240)]
    [InlineData(6, 1920)]
    [InlineData(7, 3600)]
    [InlineData(8, 3600)]
    [InlineData(1000, 3600)]
    [InlineData(int.MaxValue, 3600)]
    public void Retries_wait_twice_as_long_each_time_up_to_the_maximum(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.After(failures, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(45.4, "45 s")]
    [InlineData(89, "89 s")]
    [InlineData(90, "2 min")]
    [InlineData(1800, "30 min")]
    [InlineData(5400, "1.5 h")]
    [InlineData(86400, "24 h")]
    public void Durations_read_as_people_say_them(double seconds, string words) => Assert.Equal(words, Words.Of(TimeSpan.FromSeconds(seconds)));
}
