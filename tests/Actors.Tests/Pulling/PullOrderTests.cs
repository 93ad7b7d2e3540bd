using System.Text.RegularExpressions;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

public sealed partial class PullOrderTests
{
    private static readonly Gen<string> Machine = Gen.Choose(1, 52).SelectMany(
        length => Gen.Elements([.. "abcxyz0189-"]).ArrayOf(length).Select(letters => new string(letters).Trim('-')).Where(name => name.Length > 0));

    private static readonly Gen<string> Image = Gen.Choose(1, 200).SelectMany(
        length => Gen.Elements([.. "abcAB_09.-"]).ArrayOf(length).Select(letters => $"registry.example:5000/lab:{new string(letters)}"));

    [Fact]
    public void A_name_is_a_DNS_label_and_so_a_label_value_of_at_most_63_characters() =>
        Prop.ForAll(Machine.Zip(Image, (machine, image) => PullOrder.NameFor(machine, image)).ToArbitrary(), name =>
            name.Length <= 63 && DnsLabel().IsMatch(name)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_name_begins_with_the_whole_name_of_its_machine() =>
        Prop.ForAll(Machine.Zip(Image, (machine, image) => (machine, image)).ToArbitrary(), pull =>
            PullOrder.NameFor(pull.machine, pull.image).StartsWith(pull.machine + "-", StringComparison.Ordinal)
            && PullOrder.NameFor(pull.machine, pull.image) == PullOrder.NameFor(pull.machine, pull.image)).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_different_pulls_never_share_a_name()
    {
        var pull = Machine.Zip(Image, (machine, image) => (machine, image));
        Prop.ForAll(pull.Zip(pull, (one, other) => (one, other)).ToArbitrary(), pulls =>
            (pulls.one == pulls.other)
            == (PullOrder.NameFor(pulls.one.machine, pulls.one.image) == PullOrder.NameFor(pulls.other.machine, pulls.other.image))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Many_images_of_one_machine_have_as_many_names()
    {
        var images = Enumerable.Range(0, 100_000).Select(i => $"registry.example/lab:w_{i}").ToList();
        Assert.Equal(images.Count, images.Select(image => PullOrder.NameFor("m", image)).Distinct().Count());
    }

    [Fact]
    public void A_name_stays_the_same_for_ever_because_running_DaemonSets_are_found_by_it() =>
        Assert.Equal("jupyter-61b2764928", PullOrder.NameFor("jupyter", "docker.io/lsstsqre/sciplat-lab:w_2021_22"));

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

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();
}
