using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Tests.Registries.Http;

public sealed class ChallengeTests
{
    [Fact]
    public void A_quoted_value_keeps_its_commas_spaces_and_escaped_quotes()
    {
        var challenge = Assert.Single(Challenge.Parse(
            ["""Bearer realm="https://auth.test/token?a=b,c",service="My \"own\" \\ registry",scope="repository:a/b:pull,push repository:c:pull" """]));
        Assert.True(challenge.IsBearer);
        Assert.Equal("https://auth.test/token?a=b,c", challenge.Parameter("realm"));
        Assert.Equal("""My "own" \ registry""", challenge.Parameter("service"));
        Assert.Equal("repository:a/b:pull,push repository:c:pull", challenge.Parameter("scope"));
    }

    [Theory]
    [InlineData("""Basic realm="a, b", Bearer realm="c" """)]
    [InlineData("""Basic realm="a, b",Bearer realm="c",service=s""")]
    [InlineData(""" , Basic realm = "a, b" ,, Bearer realm = c , """)]
    [InlineData("""basic REALM="a, b", charset="UTF-8", bearer Realm="c" """)]
    public void One_header_may_have_several_challenges(string header)
    {
        var challenges = Challenge.Parse([header]);
        Assert.Equal(2, challenges.Count);
        Assert.True(challenges[0].IsBasic && challenges[1].IsBearer);
        Assert.Equal(("a, b", "c"), (challenges[0].Parameter("realm"), challenges[1].Parameter("realm")));
    }

    [Fact]
    public void Several_headers_may_have_one_each() =>
        Assert.Equal(["Negotiate", "Basic"], Challenge.Parse(["Negotiate", "Basic realm=x"]).Select(challenge => challenge.Scheme));

    [Theory]
    [InlineData("Negotiate YII=, Basic realm=\"x\"")]
    [InlineData("Negotiate YII==  , Basic realm=\"x\"")]
    [InlineData("Negotiate , Basic realm=\"x\"")]
    [InlineData("NTLM, Basic realm=\"x\"")]
    [InlineData("NTLM,Basic realm=x")]
    [InlineData("Bearer realm=, Basic realm=x")]
    public void A_token68_or_nothing_may_follow_a_scheme(string header)
    {
        var challenges = Challenge.Parse([header]);
        Assert.Equal(2, challenges.Count);
        Assert.Empty(challenges[0].Parameters);
        Assert.Equal("x", challenges[1].Parameter("realm"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", ,")]
    [InlineData("Bearer realm=\"never closed")]
    [InlineData("Bearer =x")]
    [InlineData("\"Bearer\" realm=x")]
    public void What_cannot_be_read_is_no_challenge(string header) => Assert.Empty(Challenge.Parse([header]));

    [Fact]
    public void An_unreadable_end_does_not_hide_what_came_before() =>
        Assert.True(Assert.Single(Challenge.Parse(["Basic realm=\"a\", Bearer realm=\"b"])).IsBasic);

    [Fact]
    public void The_first_parameter_of_a_name_counts() =>
        Assert.Equal("a", Assert.Single(Challenge.Parse(["Bearer realm=a, Realm=b"])).Parameter("realm"));
}
