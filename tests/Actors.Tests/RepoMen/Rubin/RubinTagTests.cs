using System.Numerics;
using CacheMachine.Actors.RepoMen.Rubin;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen.Rubin;

public sealed class RubinTagTests
{
    private static readonly HashSet<string> NoAliases = [];

    [Theory]
    [InlineData("r21_0_1", RubinTagType.Release, "Release r21.0.1")]
    [InlineData("r170", RubinTagType.Release, "Release r17.0.0")]
    [InlineData("r22_0_0_rc1", RubinTagType.ReleaseCandidate, "Release Candidate r22.0.0-rc1")]
    [InlineData("w_2021_03", RubinTagType.Weekly, "Weekly 2021_03")]
    [InlineData("d_2021_05_27", RubinTagType.Daily, "Daily 2021_05_27")]
    [InlineData("w_2021_22_c0020.001_20210527", RubinTagType.Weekly, "Weekly 2021_22 (SAL Cycle 0020, Build 001) [20210527]")]
    [InlineData("r22_0_0_rc1_20210527", RubinTagType.ReleaseCandidate, "Release Candidate r22.0.0-rc1 [20210527]")]
    [InlineData("exp_w_2021_22", RubinTagType.Experimental, "Experimental Weekly 2021_22")]
    [InlineData("exp_random", RubinTagType.Experimental, "Experimental random")]
    [InlineData("exp_", RubinTagType.Experimental, "Experimental latest")]
    [InlineData("recommended", RubinTagType.Unknown, "recommended")]
    [InlineData("", RubinTagType.Unknown, "latest")]
    public void A_tag_has_a_type_and_a_name(string text, RubinTagType type, string name)
    {
        var tag = RubinTag.Parse(text);
        Assert.Equal((type, name), (tag.Type, tag.DisplayName));
    }

    [Fact]
    public void A_cycle_build_carries_its_cycle()
    {
        var tag = RubinTag.Parse("w_2021_22_csal0021.003");
        Assert.Equal(new BigInteger(21), tag.Cycle);
        Assert.Equal("003", tag.CycleBuild);
        Assert.Null(RubinTag.Parse("w_2021_22").CycleBuild);
    }

    [Fact]
    public void Only_configuration_makes_an_alias()
    {
        Assert.Equal(RubinTagType.Unknown, RubinTag.Parse("latest_weekly", NoAliases).Type);
        var alias = RubinTag.Parse("latest_weekly", new HashSet<string> { "latest_weekly" });
        Assert.Equal((RubinTagType.Alias, "Latest Weekly", false), (alias.Type, alias.DisplayName, alias.IsRecognized));
    }

    [Theory]
    [InlineData("w_2021_9", "w_2021_10")]
    [InlineData("r9_0_0", "r10_0_0")]
    [InlineData("d_2021_02_28", "d_2021_03_01")]
    [InlineData("r22_0_0_rc1", "r22_0_0_rc2")]
    [InlineData("r22_0_0_rc10", "r22_0_0_rc2")]
    [InlineData("exp_a", "exp_b")]
    [InlineData("w_99999999999999999998_1", "w_99999999999999999999_1")]
    public void The_first_is_older(string older, string newer)
    {
        Assert.True(RubinTag.Compare(RubinTag.Parse(older), RubinTag.Parse(newer)) < 0);
        Assert.True(RubinTag.Compare(RubinTag.Parse(newer), RubinTag.Parse(older)) > 0);
    }

    [Fact]
    public void Builds_of_one_version_are_equal() =>
        Assert.Equal(0, RubinTag.Compare(RubinTag.Parse("w_2021_22_c0020.003"), RubinTag.Parse("w_2021_22_c0021.001_x")));

    [Fact]
    public void A_prerelease_precedes_its_release()
    {
        var release = new RubinVersion(22, 0, 0, null);
        var candidate = release with { Prerelease = "rc1" };
        Assert.True(candidate.CompareTo(release) < 0);
        Assert.True(release.CompareTo(candidate) > 0);
        Assert.Equal(0, release.CompareTo(release));
    }

    [Fact]
    public void Types_do_not_compare() =>
        Assert.Throws<ArgumentException>(() => RubinTag.Compare(RubinTag.Parse("w_2021_22"), RubinTag.Parse("r22_0_0")));

    [Fact]
    public void A_long_chain_of_experiments_is_read_without_recursion()
    {
        var tag = RubinTag.Parse(string.Concat(Enumerable.Repeat("exp_", 200_000)) + "x");
        Assert.EndsWith("Experimental x", tag.DisplayName, StringComparison.Ordinal);
    }
}
