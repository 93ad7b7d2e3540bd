using CacheMachine.Actors.RepoMen.Rubin;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen.Rubin;

public sealed class RubinGoldenTests
{
    [Theory]
    [InlineData("small.json", 10)]
    [InlineData("cycles.json", 6)]
    [InlineData("realistic.json", 8)]
    [InlineData("random.json", 40)]
    public void The_lists_are_those_of_the_old_service(string file, int count)
    {
        var cases = RubinGolden.Cases(file).ToList();
        Assert.Equal(count, cases.Count);
        Assert.All(cases, golden =>
        {
            var (desired, all) = RubinSelection.Select(golden.Settings.ToRules(), [.. golden.Tags!], golden.KnownDigests);
            Assert.Equal(RubinGolden.WithoutEmptyBrackets(golden.Desired), RubinGolden.Lines(desired));
            Assert.Equal(golden.All, RubinGolden.Lines(all));
        });
    }

    [Fact]
    public void A_tag_says_what_the_old_service_reads_in_it()
    {
        var golden = RubinGolden.Read<List<GoldenTag>>("parse.json");
        Assert.True(golden.Count > 250);
        Assert.All(golden, expected =>
        {
            var tag = RubinTag.Parse(expected.Tag);
            var version = tag.Version is { } v ? $"{v.Major}.{v.Minor}.{v.Patch}{(v.Prerelease is null ? "" : "-" + v.Prerelease)}" : null;
            Assert.Equal(expected, new GoldenTag(
                tag.Tag, TypeName(tag.Type), tag.DisplayName, version, tag.Cycle?.ToString(), RubinTag.Prettify(tag.Tag)));
        });
    }

    [Fact]
    public void The_order_within_a_type_is_that_of_the_old_service()
    {
        var golden = RubinGolden.Read<Dictionary<string, List<string>>>("order.json");
        Assert.Equal(6, golden.Count);
        Assert.All(golden.Values, expected => Assert.Equal(
            expected,
            expected.Order(StringComparer.Ordinal).Select(RubinTag.Parse).Order(Comparer<RubinTag>.Create(RubinTag.Compare)).Select(tag => tag.Tag)));
    }

    private static string TypeName(RubinTagType type) =>
        type == RubinTagType.ReleaseCandidate ? "RELEASE_CANDIDATE" : type.ToString().ToUpperInvariant();
}
