using static CacheMachine.Host.Tests.Settings.Hocon.HoconTexts;

namespace CacheMachine.Host.Tests.Settings.Hocon;

public class SyntaxTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  # nothing\n", "")]
    [InlineData("{}", "")]
    [InlineData("""{"a": {"b": [1, true, null, "x"]}}""", "a:b:0=1 a:b:1=true a:b:2=null a:b:3=x")]
    [InlineData("\"a\"\n:\n1", "a=1")]
    [InlineData("a = 1\nb : 2", "a=1 b=2")]
    [InlineData("a { b = 1 }", "a:b=1")]
    [InlineData("a\n{ b = 1 }", "a:b=1")]
    [InlineData("{ a = 1 }\n# end", "a=1")]
    [InlineData("\ufeffa = 1", "a=1")]
    [InlineData("a = 1\r\nb = x\r\n", "a=1 b=x")]
    public void Json_and_its_relaxed_forms_are_read(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = 1, b = 2,", "a=1 b=2")]
    [InlineData("a = 1\n,b = 2", "a=1 b=2")]
    [InlineData("a = [1, 2,]", "a:0=1 a:1=2")]
    [InlineData("a = [1\n2\n]", "a:0=1 a:1=2")]
    [InlineData("a = [\n  1 # one\n  2 // two\n]", "a:0=1 a:1=2")]
    [InlineData("a = []", "a=")]
    [InlineData("a = {}", "a=null")]
    [InlineData("a = [[1], {b = 2}]", "a:0:0=1 a:1:b=2")]
    public void A_comma_or_a_newline_separates_and_one_comma_may_trail(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = 1 # c", "a=1")]
    [InlineData("a = 1 // c", "a=1")]
    [InlineData("a = x//y", "a=x")]
    [InlineData("a = x/y", "a=x/y")]
    [InlineData("a = \"x#y//z\"", "a=x#y//z")]
    [InlineData("# a = 1\nb = 2", "b=2")]
    public void Comments_end_with_the_line_and_do_not_begin_inside_quotes(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a.b.c = 1", "a:b:c=1")]
    [InlineData("a.b = 1, a.c = 2", "a:b=1 a:c=2")]
    [InlineData("a.\"b.c\".d = 1", "a:b.c:d=1")]
    [InlineData("a.\"\".b = 1", "a::b=1")]
    [InlineData("10.0foo = 1", "10:0foo=1")]
    [InlineData("foo\"10.0\" = 1", "foo10.0=1")]
    [InlineData("a b c = 1", "a b c=1")]
    [InlineData("true = 1", "true=1")]
    [InlineData("3.14 = 1", "3:14=1")]
    [InlineData("a-b_c/d = 1", "a-b_c/d=1")]
    [InlineData("\"include\" = 1, includes = 2", "include=1 includes=2")]
    [InlineData("include.x = 3", "include:x=3")]
    public void Dots_outside_quotes_separate_the_keys_of_a_path(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("""a = "x\n\t\"\\\/\u00e9\ud83d\ude00" """, "a=x\n\t\"\\/\u00e9\ud83d\ude00")]
    [InlineData("a = \"\"\"x\n \"y\" \\n\"\"\"", "a=x\n \"y\" \\n")]
    [InlineData("a = \"\"\"x\"\"\"\"\"", "a=x\"\"")]
    [InlineData("a = \"\"", "a=")]
    [InlineData("a = \"\"\"\"\"\"", "a=")]
    public void Quoted_strings_know_json_escapes_and_three_quotes_know_none(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = foo bar  baz ", "a=foo bar  baz")]
    [InlineData("a = 10 s", "a=10 s")]
    [InlineData("a = true foo", "a=true foo")]
    [InlineData("a = null foo", "a=null foo")]
    [InlineData("a = x\" y \"z", "a=x y z")]
    [InlineData("a = -1.5e+3", "a=-1.5e+3")]
    [InlineData("a = 1e5 x", "a=1e5 x")]
    [InlineData("a = include", "a=include")]
    [InlineData("a = null", "a=null")]
    [InlineData("a = \"null\"", "a=null")]
    [InlineData("a = 10.0.0.1", "a=10.0.0.1")]
    public void Strings_beside_each_other_are_one_string_with_the_space_between(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Fact]
    public void Null_is_no_text()
    {
        Assert.Null(Parse("a = null")["a"]);
        Assert.Equal("null", Parse("a = \"null\"")["a"]);
    }

    [Theory]
    [InlineData("a = [1] [2, 3]", "a:0=1 a:1=2 a:2=3")]
    [InlineData("a = {x = 1} {y = 2, x = 3}", "a:x=3 a:y=2")]
    [InlineData("a = [1\n[2]]", "a:0=1 a:1:0=2")]
    public void Arrays_and_objects_beside_their_like_are_joined(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = {x = 1}, a = {y = 2}", "a:x=1 a:y=2")]
    [InlineData("a = {x = 1}, a = null, a = {y = 2}", "a:y=2")]
    [InlineData("a = 1, a = 2", "a=2")]
    [InlineData("a = [1, 2, 3], a = [4]", "a:0=4")]
    [InlineData("a.b = 1, a = 2", "a=2")]
    [InlineData("a = 1, a.b = 2", "a:b=2")]
    [InlineData("a { b { c = 1, d = 2 } }\na.b.c = 3", "a:b:c=3 a:b:d=2")]
    public void Later_values_override_and_objects_merge(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = [1]\na += 2", "a:0=1 a:1=2")]
    [InlineData("a += 1\na += 2", "a:0=1 a:1=2")]
    [InlineData("a.b += {c = 1}", "a:b:0:c=1")]
    [InlineData("a = [ {b = [1], b += 2} ]", "a:0:b:0=1 a:0:b:1=2")]
    [InlineData("x = [0]\na = ${x}\na += 1", "a:0=0 a:1=1 x:0=0")]
    public void Plus_equals_appends_to_the_array_before(string text, string expected) => Assert.Equal(expected, Flat(text));
}
