using static CacheMachine.Host.Tests.Settings.Hocon.HoconTexts;

namespace CacheMachine.Host.Tests.Settings.Hocon;

public class SubstitutionTests
{
    [Theory]
    [InlineData("a = 1, b = ${a}", "a=1 b=1")]
    [InlineData("b = ${a}, a = 1", "a=1 b=1")]
    [InlineData("b = ${a}, a = 1, a = 2", "a=2 b=2")]
    [InlineData("a { x = 1 }, b = ${a}, b.y = 2", "a:x=1 b:x=1 b:y=2")]
    [InlineData("a { x = 1 }, b = ${a} { x = 2 }", "a:x=1 b:x=2")]
    [InlineData("a = [1], b = ${a} [2]", "a:0=1 b:0=1 b:1=2")]
    [InlineData("a.\"x.y\" = 1, b = ${a.\"x.y\"}", "a:x.y=1 b=1")]
    [InlineData("name = Jo, b = ${name} is \"here\"", "b=Jo is here name=Jo")]
    [InlineData("a = [${b}, ${b}], b = 1", "a:0=1 a:1=1 b=1")]
    [InlineData("a = \"${b}\", b = 1", "a=${b} b=1")]
    [InlineData("a = ${b} ${c}, b = [1], c = [2]", "a:0=1 a:1=2 b:0=1 c:0=2")]
    public void A_substitution_stands_for_the_last_value_of_its_path(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", "bar:baz=42 bar:foo=42")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", "bar:baz=43 bar:foo=43")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", "bar:a=4 bar:b=3 foo:c=3 foo:d=4")]
    [InlineData("a = ${b} { x = ${a.y} }, b { y = 1 }", "a:x=1 a:y=1 b:y=1")]
    public void An_object_may_refer_to_its_own_fields(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = x\na = ${a}y", "a=xy")]
    [InlineData("a = [1]\na = ${a} [2]\na = ${a} [3]", "a:0=1 a:1=2 a:2=3")]
    [InlineData("a = { b = 1 }\na = ${a} { c = 2 }", "a:b=1 a:c=2")]
    [InlineData("a = ${?a}y", "a=y")]
    [InlineData("a { b = x }\na { b = ${a.b}y }", "a:b=xy")]
    [InlineData("a { b = ${?a.b}x }\na = ${a} { c = 2 }", "a:b=x a:c=2")]
    [InlineData("a { x { y = 1 } }\na = ${a.x}", "a:x:y=1 a:y=1")]
    [InlineData("x { b = 1, b = ${x.b}0 }\na = ${x}\na { b = ${a.b}2 }", "a:b=102 x:b=10")]
    public void Inside_its_own_definition_a_field_is_what_it_was_before(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = ${?b}", "")]
    [InlineData("a = 1, a = ${?b}", "a=1")]
    [InlineData("a = [1, ${?b}, 2]", "a:0=1 a:1=2")]
    [InlineData("a = x${?b}y", "a=xy")]
    [InlineData("a = ${?b} [1]", "a:0=1")]
    [InlineData("a = ${?b} { x = 1 }", "a:x=1")]
    [InlineData("a = ${?b}${?c}", "")]
    [InlineData("a { x = 1 }, a = ${?b}, a { y = 2 }", "a:x=1 a:y=2")]
    [InlineData("a = ${?b.c.d}, b = 1", "b=1")]
    public void An_optional_substitution_that_finds_nothing_assigns_nothing(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("a = ${HOME}", "a=/root")]
    [InlineData("a = ${?HOME}", "a=/root")]
    [InlineData("HOME = here, a = ${HOME}", "HOME=here a=here")]
    [InlineData("HOME = null, a = ${HOME}", "HOME=null a=null")]
    [InlineData("HOME = ${HOME}/x", "HOME=/root/x")]
    [InlineData("port = 80, port = ${?PORT}", "port=80")]
    [InlineData("a = ${EMPTY}", "a=")]
    public void The_environment_is_asked_after_the_configuration(string text, string expected) =>
        Assert.Equal(expected, Flat(text, ("HOME", "/root"), ("EMPTY", "")));

    [Fact]
    public void What_is_overridden_is_not_evaluated() => Assert.Equal("a=1", Flat("a = ${missing}\na = 1"));

    [Theory]
    [InlineData("a = ${b}", 1, 5)]
    [InlineData("x = 1\na = [${x.y}]", 2, 6)]
    [InlineData("a = ${a}", 1, 5)]
    public void A_substitution_that_finds_nothing_is_an_error(string text, int line, int column)
    {
        var fault = Fault(text);

        Assert.Contains("nothing has the path", fault.Rule, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Location.Line, fault.Location.Column));
    }

    [Theory]
    [InlineData("a = ${b}, b = ${a}", "needs itself")]
    [InlineData("a = ${b}, b = ${c}, c = [${a}]", "needs itself")]
    [InlineData("a { b = ${a} }", "contains itself")]
    [InlineData("a = [ { x = ${a} } ]", "")]
    [InlineData("a { b = ${a} { c = 1 } }", "contains itself")]
    public void A_circle_is_an_error(string text, string rule) => Assert.Contains(rule, Fault(text).Rule, StringComparison.Ordinal);

    [Fact]
    public void A_chain_of_substitutions_is_bounded()
    {
        var text = "a0 = 1\n" + string.Concat(Enumerable.Range(1, 10_000).Reverse().Select(i => $"a{i} = ${{a{i - 1}}}\n"));

        Assert.Contains("at most 128 levels", Fault(text).Rule, StringComparison.Ordinal);
    }
}
