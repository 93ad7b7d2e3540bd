using CacheMachine.Runtime.Sharding;
using Xunit;

namespace CacheMachine.Runtime.Tests.Sharding;

public sealed class StableHashTests
{
    /// <summary>Published test vectors of MurmurHash3_x86_32 with seed 0; each length of the tail is among them.</summary>
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0x3c2569b2u)]
    [InlineData("aa", 0x371091a9u)]
    [InlineData("abc", 0xb3dd93fau)]
    [InlineData("test", 0xba6bd213u)]
    [InlineData("Hello, world!", 0xc0363e43u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2e4ff723u)]
    public void It_is_murmur3_of_the_utf8_bytes(string text, uint expected) => Assert.Equal(expected, StableHash.Of(text));

    [Fact]
    public void Shards_are_numbered_from_zero_and_all_of_them_are_used()
    {
        var extractor = new TestExtractor(10);

        var shards = Enumerable.Range(0, 1000).GroupBy(i => extractor.ShardId($"machine-{i}")).ToDictionary(shard => shard.Key, shard => shard.Count());

        Assert.Equal(Enumerable.Range(0, 10).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), shards.Keys.Order(StringComparer.Ordinal));
        Assert.All(shards.Values, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void A_number_of_shards_below_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new TestExtractor(0));
}
