using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries.Http;

public sealed class KnownSecretsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Of_secrets_within_each_other_nothing_is_left()
    {
        var secrets = new KnownSecrets(_time);
        secrets.Replace(["abc", "abcdef", "", "bcd"]);
        Assert.Equal("x *** *** *** x", secrets.StrikeFrom("x abcdef abc bcd x"));
    }

    [Fact]
    public void A_former_secret_that_is_longer_than_a_present_one_is_struck_whole()
    {
        var secrets = new KnownSecrets(_time);
        secrets.Replace(["abcdef"]);
        secrets.Replace(["abc"]);
        Assert.Equal("x *** *** x", secrets.StrikeFrom("x abcdef abc x"));
    }

    [Fact]
    public void What_is_empty_is_no_secret_and_words_stay_whole()
    {
        var secrets = new KnownSecrets(_time);
        secrets.Replace([.. new Credential("", "", "t0ken").Secrets, .. new Credential("user", "", null).Secrets]);
        Assert.Equal("Google logs user: ***", secrets.StrikeFrom("Google logs user: T0KEN"));
    }

    [Theory]
    [InlineData("pa\"s s", "\"pa\\\"s s\"", "\"***\"")]
    [InlineData("pa\"s s", "pa\\u0022s s", "***")]
    [InlineData("pa\"s s", "pa%22s+s pa%22s%20s", "*** ***")]
    [InlineData("pa\"s s", "cGEicyBz cgeicybz==", "*** ***==")]
    [InlineData("\u00ff\u00ff\u00ff?", "w7_Dv8O_Pw w7/Dv8O/Pw==", "*** ***==")]
    [InlineData("line\n2", "line\n2 line 2", "*** ***")]
    public void A_secret_is_known_as_it_travels(string secret, string said, string told)
    {
        var secrets = new KnownSecrets(_time);
        secrets.Replace([secret]);
        Assert.Equal(told, secrets.StrikeFrom(said));
    }

    [Fact]
    public void Former_credentials_stay_known_until_the_next_change()
    {
        var secrets = new KnownSecrets(_time);
        secrets.Replace(["first"]);
        secrets.Replace(["second"]);
        Assert.Equal("*** ***", secrets.StrikeFrom("first second"));
        secrets.Replace(["third"]);
        Assert.Equal("first *** ***", secrets.StrikeFrom("first second third"));
    }

    [Fact]
    public void A_token_is_forgotten_some_time_after_it_has_expired()
    {
        var secrets = new KnownSecrets(_time);
        secrets.Add("t0ken1", _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        secrets.Add("t0ken2", _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        Assert.Equal("*** ***", secrets.StrikeFrom("t0ken1 t0ken2"));
        _time.Advance(TimeSpan.FromSeconds(1));
        secrets.Add("t0ken3", _time.GetUtcNow());
        Assert.Equal("t0ken1 *** ***", secrets.StrikeFrom("t0ken1 t0ken2 t0ken3"));
    }
}
