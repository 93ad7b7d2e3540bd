using System.Text.RegularExpressions;
using CacheMachine.Actors.Pulling;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CacheMachine.Actors.Tests.Pulling;

public sealed partial class PullNamesTests
{
    private static readonly Gen<string> Plain = Name("abcxyz0189-", 52).Select(name => name.Trim('-')).Where(name => name.Length > 0);

    // Short ones of few letters, and those that look like what is made of others, meet each other.
    private static readonly Gen<string> Machine = Gen.OneOf(
        Name("abcxyzABC019-_.", 253), Name("aA._-", 3), Plain, Plain.Select(PullNames.Label), Name("aA._-", 3).Select(PullNames.Label),
        Name("aA._-", 3).Select(name => PullNames.DaemonSet(name, "registry.example/a:1")));

    private static readonly Gen<string> Image = Name("abcAB_09.-", 200).Select(tag => $"registry.example:5000/lab:{tag}");

    private static readonly Gen<(string Machine, string Image)> Pull = Machine.Zip(Image, (machine, image) => (machine, image));

    [Fact]
    public void A_DaemonSets_name_is_a_DNS_label_and_so_a_labels_value_of_at_most_63_characters() => ForAll(Pull, pull =>
        PullNames.DaemonSet(pull.Machine, pull.Image) is { Length: <= 63 } name && DnsLabel().IsMatch(name)
        && name == PullNames.DaemonSet(pull.Machine, pull.Image));

    [Fact]
    public void A_label_is_a_labels_value_of_at_most_63_characters() => ForAll(Machine, machine =>
        PullNames.Label(machine) is { Length: <= 63 } label && LabelValue().IsMatch(label));

    [Fact]
    public void Where_a_machines_name_is_a_DNS_label_it_is_the_label_and_its_DaemonSets_begin_with_it() => ForAll(
        Plain.Zip(Image, (machine, image) => (machine, image)),
        pull => PullNames.Label(pull.machine) == pull.machine && PullNames.DaemonSet(pull.machine, pull.image).StartsWith(pull.machine + "-", StringComparison.Ordinal));

    [Fact]
    public void Two_different_pulls_never_share_a_name() => ForAll(Pull.Zip(Pull, (one, other) => (one, other)), pulls =>
        (pulls.one == pulls.other) == (PullNames.DaemonSet(pulls.one.Machine, pulls.one.Image) == PullNames.DaemonSet(pulls.other.Machine, pulls.other.Image)));

    [Fact]
    public void Two_different_machines_never_share_a_label() => ForAll(Machine.Zip(Machine, (one, other) => (one, other)), machines =>
        (machines.one == machines.other) == (PullNames.Label(machines.one) == PullNames.Label(machines.other)));

    [Theory]
    [InlineData("-lab")]
    [InlineData("...")]
    [InlineData("x_")]
    public void A_name_that_is_made_of_one_is_another_ones_when_a_machine_has_it(string machine)
    {
        Assert.NotEqual(PullNames.Label(machine), PullNames.Label(PullNames.Label(machine)));
        Assert.NotEqual(PullNames.DaemonSet(machine, "a"), PullNames.DaemonSet(PullNames.DaemonSet(machine, "a"), "a"));
    }

    [Fact]
    public void Many_images_of_one_machine_have_as_many_names()
    {
        var images = Enumerable.Range(0, 100_000).Select(i => $"registry.example/lab:w_{i}").ToList();
        Assert.Equal(images.Count, images.Select(image => PullNames.DaemonSet("m", image)).Distinct().Count());
    }

    [Theory]
    [InlineData("jupyter", "jupyter-61b2764928", "jupyter")]
    [InlineData("Lab.One", "lab-one-ba1026ef1623bb3200b9", "Lab.One")]
    [InlineData("lab_", "lab-f1f93ae85eedb16f57cd", "lab_d52f0b39dc77bad64a66")]
    public void Names_stay_the_same_for_ever_because_running_DaemonSets_are_found_by_them(string machine, string daemonSet, string label)
    {
        Assert.Equal(daemonSet, PullNames.DaemonSet(machine, "docker.io/lsstsqre/sciplat-lab:w_2021_22"));
        Assert.Equal(label, PullNames.Label(machine));
    }

    private static Gen<string> Name(string letters, int longest) =>
        Gen.Choose(1, longest).SelectMany(length => Gen.Elements([.. letters]).ArrayOf(length).Select(some => new string(some)));

    private static void ForAll<T>(Gen<T> values, Func<T, bool> holds) => Prop.ForAll(values.ToArbitrary(), holds).QuickCheckThrowOnFailure();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();
}
