using CacheMachine.Actors.RepoMen.Rubin;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen.Rubin;

public sealed class RubinDigestsTests
{
    private static readonly RubinRules Rules = new(RubinRules.DefaultRegistry, "a/b", "recommended", 1, 1, 1, null, ["latest_weekly"]);
    private static readonly HashSet<string> NothingAsked = [];

    private static readonly string[] Tags =
    [
        "recommended", "r21_0_0", "r20_0_0", "r22_0_0_rc1", "w_2021_03", "w_2021_02", "w_2021_01", "d_2021_01_13", "d_2021_01_12", "exp_x", "foo",
    ];

    [Fact]
    public void Only_aliases_that_the_repository_has_are_asked_the_recommended_first()
    {
        Assert.Equal(["recommended"], RubinSelection.AliasTags(Rules, Tags));
        Assert.Equal(["recommended", "latest_weekly"], RubinSelection.AliasTags(Rules, ["latest_weekly", .. Tags]));
    }

    [Fact]
    public void The_desired_tags_are_asked_again_even_if_known()
    {
        var known = new Dictionary<string, string> { ["recommended"] = "sha256:1", ["r21_0_0"] = "sha256:1" };
        Assert.Equal(["r21_0_0", "w_2021_03", "d_2021_01_13"], RubinSelection.TagsToResolve(Rules, Tags, known, NothingAsked, 100));
    }

    [Fact]
    public void An_unresolved_alias_asks_for_every_build_newest_first_in_turn()
    {
        var known = new Dictionary<string, string> { ["recommended"] = "sha256:1" };
        Assert.Equal(
            ["r21_0_0", "w_2021_03", "d_2021_01_13", "r22_0_0_rc1", "r20_0_0", "w_2021_02", "d_2021_01_12", "w_2021_01", "exp_x"],
            RubinSelection.TagsToResolve(Rules, Tags, known, NothingAsked, 100));
    }

    [Fact]
    public void An_unknown_tag_of_the_same_digest_does_not_resolve_an_alias()
    {
        var known = new Dictionary<string, string> { ["recommended"] = "sha256:1", ["foo"] = "sha256:1" };
        Assert.Contains("w_2021_01", RubinSelection.TagsToResolve(Rules, Tags, known, NothingAsked, 100));
    }

    [Fact]
    public void Without_a_digest_of_the_alias_nothing_can_match_it() =>
        Assert.Equal(3, RubinSelection.TagsToResolve(Rules, Tags, new Dictionary<string, string>(), NothingAsked, 100).Count);

    [Fact]
    public void Under_a_cycle_only_its_builds_are_candidates()
    {
        var known = new Dictionary<string, string> { ["recommended"] = "sha256:1" };
        Assert.Equal(
            ["w_2021_02_c0020.001", "w_2021_01_c0020.001"],
            RubinSelection.TagsToResolve(
                Rules with { Cycle = 20 }, ["w_2021_01_c0020.001", "w_2021_02_c0020.001", .. Tags], known, NothingAsked, 100));
    }

    [Fact]
    public void The_budget_is_kept_and_nothing_is_asked_twice()
    {
        var known = new Dictionary<string, string> { ["recommended"] = "sha256:1" };
        var asked = new HashSet<string>();
        var order = new List<string>();
        while (RubinSelection.TagsToResolve(Rules, Tags, known, asked, 2) is { Count: > 0 } batch)
        {
            Assert.InRange(batch.Count, 1, 2);
            Assert.All(batch, tag => Assert.True(asked.Add(tag)));
            order.AddRange(batch);
            foreach (var tag in batch) known[tag] = tag == "w_2021_02" ? "sha256:1" : "sha256:" + tag;
        }

        Assert.Equal(["r21_0_0", "w_2021_03", "d_2021_01_13", "r22_0_0_rc1", "r20_0_0", "w_2021_02"], order);
        Assert.Equal("Recommended (Weekly 2021_02)", RubinSelection.Select(Rules, Tags, known).Desired[0].Name);
    }

    [Fact]
    public void The_answers_of_the_registry_give_the_golden_names_of_the_old_tests()
    {
        var golden = RubinGolden.Cases("small.json").First();
        var rules = golden.Settings.ToRules();
        var known = RubinSelection.AliasTags(rules, [.. golden.Tags!]).ToDictionary(tag => tag, tag => golden.Digests![tag]);
        foreach (var tag in RubinSelection.TagsToResolve(rules, [.. golden.Tags!], known, NothingAsked, 10)) known[tag] = golden.Digests![tag];
        Assert.Equal(golden.Desired, RubinGolden.Lines(RubinSelection.Select(rules, [.. golden.Tags!], known).Desired));
    }

    [Fact]
    public void A_negative_budget_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        RubinSelection.TagsToResolve(Rules, Tags, new Dictionary<string, string>(), NothingAsked, -1));
}
