using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Tests.Registries.Http;

public sealed class OutsideTextTests
{
    [Theory]
    [InlineData("plain ~text~", "plain ~text~")]
    [InlineData("a\0\a\b\t\n\v\f\r\u001bb\u007fc\u0085d\u009be", "a         b c d e")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("\u200ea\u200fb\u061cc\u202ad\u202be\u202cf\u202dg\u202eh\u2066i\u2067j\u2068k\u2069", "abcdefghijk")]
    [InlineData("a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\U000e0041h", "abcdefgh")]
    [InlineData("grüße 日本語 😀", "grüße 日本語 😀")]
    public void It_is_one_line_without_anything_unseen(string text, string clean) => Assert.Equal(clean, OutsideText.Clean(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\ufffdb", OutsideText.Clean("a\ud83db"));

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc...")]
    [InlineData("ab😀", 3, "ab...")]
    [InlineData("ab😀", 4, "ab😀")]
    public void Too_long_a_text_is_cut_between_characters(string text, int max, string shorter) =>
        Assert.Equal(shorter, OutsideText.Shorten(text, max));
}
