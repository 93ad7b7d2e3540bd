using CacheMachine.Actors.Images;
using CacheMachine.Actors.RepoMen.Rubin;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen.Rubin;

public sealed class RubinSelectionTests
{
    private static readonly RubinRules Rules = new("registry.example.org:5000", "a/b", "recommended", 1, 1, 1, null, []);
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void An_empty_repository_gives_empty_lists()
    {
        var (desired, all) = RubinSelection.Select(Rules, [], Nothing);
        Assert.Empty(desired);
        Assert.Empty(all);
    }

    [Fact]
    public void The_recommended_image_comes_first_and_says_what_it_is()
    {
        var digests = new Dictionary<string, string> { ["recommended"] = "sha256:1", ["r21_0_0"] = "sha256:1" };
        var (desired, all) = RubinSelection.Select(Rules, ["r21_0_0", "recommended", "w_2021_01"], digests);
        Assert.Equal(
            [
                new DesiredImage("registry.example.org:5000/a/b:recommended", "sha256:1", "Recommended (Release r21.0.0)"),
                new DesiredImage("registry.example.org:5000/a/b:r21_0_0", "sha256:1", "Release r21.0.0"),
                new DesiredImage("registry.example.org:5000/a/b:w_2021_01", null, "Weekly 2021_01"),
            ],
            desired);
        Assert.Equal(["w_2021_01", "recommended", "r21_0_0"], all.Select(image => image.Name));
    }

    [Fact]
    public void A_tag_that_is_named_twice_counts_once()
    {
        string[] weeklies = [.. Enumerable.Range(1, 8).Select(week => $"w_2021_0{week}")];
        string[] tags = ["recommended", .. weeklies, .. weeklies, "recommended"];
        var rules = Rules with { NumWeeklies = 8 };
        var (desired, all) = RubinSelection.Select(rules, tags, Nothing);
        Assert.Equal(["recommended", .. weeklies.Reverse()], desired.Select(image => image.ImageUrl.Split(':')[^1]));
        Assert.Equal([.. weeklies.Reverse(), "recommended"], all.Select(image => image.Name));
        Assert.Equal(weeklies.Reverse(), RubinSelection.TagsToResolve(rules, tags, Nothing, new HashSet<string>(), 100));
    }

    [Fact]
    public void An_alias_without_a_digest_is_still_desired_under_its_own_name()
    {
        var (desired, _) = RubinSelection.Select(Rules, ["recommended"], Nothing);
        Assert.Equal([new DesiredImage("registry.example.org:5000/a/b:recommended", null, "Recommended")], desired);
    }

    // The old service writes "Recommended ()".
    [Fact]
    public void An_alias_that_shares_its_digest_with_no_build_gets_no_empty_brackets()
    {
        var digests = new Dictionary<string, string> { ["recommended"] = "sha256:1", ["foo"] = "sha256:1" };
        var (desired, _) = RubinSelection.Select(Rules, ["recommended", "foo"], digests);
        Assert.Equal("Recommended", Assert.Single(desired).Name);
    }

    // The old service takes the cycle that comes last in a set.
    [Fact]
    public void An_alias_of_builds_of_several_cycles_counts_for_the_wanted_one()
    {
        string[] tags = ["recommended", "w_2021_01_c0020.001", "w_2021_01_c0021.001", "w_2021_01_c0022.001"];
        var digests = tags.ToDictionary(tag => tag, _ => "sha256:1");
        var (desired, _) = RubinSelection.Select(Rules with { Cycle = 21 }, tags, digests);
        Assert.Equal(["recommended", "w_2021_01_c0021.001"], desired.Select(image => image.ImageUrl.Split(':')[2]));
    }

    [Fact]
    public void A_negative_count_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RubinSelection.Select(Rules with { NumDailies = -1 }, [], Nothing));

    [Fact]
    public void The_order_of_the_tags_does_not_matter()
    {
        var golden = RubinGolden.Cases("realistic.json").First();
        var forward = RubinSelection.Select(golden.Settings.ToRules(), [.. golden.Tags!], golden.Digests!);
        var backward = RubinSelection.Select(golden.Settings.ToRules(), [.. golden.Tags!.Reverse()], golden.Digests!);
        Assert.Equal(forward.Desired, backward.Desired);
        Assert.Equal(forward.All, backward.All);
    }
}
