using System.Globalization;
using System.Text;
using CacheMachine.Host.Settings.Hocon;
using static CacheMachine.Host.Tests.Settings.Hocon.HoconTexts;

namespace CacheMachine.Host.Tests.Settings.Hocon;

public class FaultTests
{
    [Theory]
    [InlineData("[1]", 1, 1, "the root of a configuration is an object")]
    [InlineData("a = 1\n}", 2, 1, "closes nothing")]
    [InlineData("{a = 1", 1, 2, "the closing '}' is missing")]
    [InlineData("{a = 1} b", 1, 9, "nothing may follow")]
    [InlineData("a = [1", 1, 5, "the closing ']' is missing")]
    [InlineData("a = [1}", 1, 7, "closes nothing")]
    [InlineData("a = 1,,", 1, 7, "a comma must follow a value, and only one")]
    [InlineData("a = [,1]", 1, 6, "a comma must follow a value, and only one")]
    [InlineData("a = [1,,2]", 1, 8, "a comma must follow a value, and only one")]
    [InlineData(",a = 1", 1, 1, "a comma must follow a value, and only one")]
    [InlineData("a = {b = 1} }", 1, 13, "closes nothing")]
    [InlineData("a =", 1, 4, "a value is missing")]
    [InlineData("a = ,", 1, 5, "a value is missing")]
    [InlineData("a", 1, 1, "the key \"a\" must be followed by")]
    [InlineData("= 1", 1, 1, "a key is missing")]
    [InlineData("a..b = 1", 1, 1, "a path may not begin or end with a dot")]
    [InlineData(".a = 1", 1, 1, "a path may not begin or end with a dot")]
    [InlineData("a. = 1", 1, 1, "a path may not begin or end with a dot")]
    [InlineData("a = host:5000", 1, 9, "the character ':' may only be used inside quotes")]
    [InlineData("a = x@y", 1, 6, "the character '@' may only be used inside quotes")]
    [InlineData("a = $x", 1, 5, "the character '$' may only be used inside quotes")]
    [InlineData("b@ = 1", 1, 1, "the key \"b\" must be followed by")]
    [InlineData("a = \"x", 1, 5, "a quoted string ends on its own line")]
    [InlineData("a = \"x\ny\"", 1, 5, "a quoted string ends on its own line")]
    [InlineData("a = \"x\ty\"", 1, 7, "U+0009")]
    [InlineData("a = \"\\q\"", 1, 6, "an escape is one of")]
    [InlineData("a = \"\\u12g4\"", 1, 6, "four hexadecimal digits")]
    [InlineData("a = \"\"\"x", 1, 5, "must end with three quotes")]
    [InlineData("a = ${b", 1, 5, "a substitution is ${path}")]
    [InlineData("a = ${}", 1, 7, "a key is missing")]
    [InlineData("a = ${b\n}", 1, 5, "a substitution is ${path}")]
    [InlineData("include = 1", 1, 9, "include must be followed by")]
    [InlineData("include foo", 1, 9, "include must be followed by")]
    [InlineData("include url(\"http://x\")", 1, 9, "only files can be included")]
    [InlineData("include file(\"x\"", 1, 17, "the closing ')' of the include is missing")]
    [InlineData("include \"\"", 1, 1, "may not be empty")]
    [InlineData("a = [1] x", 1, 5, "an array can only stand beside its like")]
    [InlineData("a = {} x", 1, 5, "an object can only stand beside its like")]
    [InlineData("a = 1\na += 2", 2, 1, "+= needs an array")]
    [InlineData("\"a:b\" = 1", 1, 9, "may not hold a colon")]
    [InlineData("a = 1\nA = 2", 2, 5, "differ in case only")]
    public void A_broken_rule_is_named_with_file_line_and_column(string text, int line, int column, string rule)
    {
        var fault = Fault(text);

        Assert.Equal(new HoconLocation("test.conf", line, column), fault.Location);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
        Assert.StartsWith($"test.conf:{line}:{column}: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = [", "]", "levels deep")]
    [InlineData("a { b ", "}", "levels deep")]
    public void Depth_is_bounded(string open, string close, string rule)
    {
        var text = new StringBuilder();
        text.Append(open);
        for (var i = 0; i < 100_000; i++)
            text.Append(open.Contains('[', StringComparison.Ordinal) ? "[" : "{ b ");
        text.Append(close);

        Assert.Contains(rule, Fault(text.ToString()).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_too_many_keys_is_refused() =>
        Assert.Contains("levels deep", Fault(string.Join('.', Enumerable.Repeat("a", 65)) + " = 1").Rule, StringComparison.Ordinal);

    [Fact]
    public void Many_assignments_to_one_object_are_merged_without_depth()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"a.k{i} = {i}\nb += {i}\n")));

        var values = Parse(text);

        Assert.Equal(40_000, values.Count);
        Assert.Equal("19999", values["b:19999"]);
    }

    [Fact]
    public void A_text_that_grows_by_doubling_is_stopped()
    {
        var text = "a0 = \"0123456789\"\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}\n"));

        Assert.Contains("characters", Fault(text).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_that_grows_by_doubling_is_stopped()
    {
        var text = "a0 { x = 1 }\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i} {{ l = ${{a{i - 1}}}, r = ${{a{i - 1}}} }}\n"));

        Assert.Contains("at most", Fault(text).Rule, StringComparison.Ordinal);
    }
}
