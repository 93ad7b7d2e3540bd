using CacheMachine.Actors.Machines.Model;
using CacheMachine.Host.Api;

namespace CacheMachine.Host.Tests.Api;

/// <summary>What cannot be done now says why, and when to ask again, but nothing of what is behind the API.</summary>
public class BusyTests
{
    [Theory]
    [InlineData("Failed to connect to 10.96.0.17:5432", "Failed to connect to another host")]
    [InlineData("nobody at fd00::1, nor at [fd00::1:2]:8081.", "nobody at another host, nor at another host.")]
    [InlineData("akka.tcp://cachemachine@10.0.0.7:8081/system/sharding did not answer", "another replica did not answer")]
    [InlineData("[akka.ssl.tcp://cachemachine@pod-1:8081/user/x#12] ended", "[another replica] ended")]
    [InlineData("SQLite Error 13: 'database or disk is full'.", "SQLite Error 13: 'database or disk is full'.")]
    [InlineData("57P03: starting up at 12:30:45, in 4.5 s", "57P03: starting up at 12:30:45, in 4.5 s")]
    [InlineData("Circuit Breaker is open; calls are failing fast", "Circuit Breaker is open; calls are failing fast")]
    public void Addresses_are_struck_out(string reason, string shown) => Assert.Equal(shown, Words().Of(reason));

    [Theory]
    [InlineData("connect db.example:5432: refused", "connect the database: refused")]
    [InlineData("Name or service not known (DB.example)", "Name or service not known (the database)")]
    [InlineData("Failed to connect to 10.96.0.17:5432", "Failed to connect to the database")]
    public void The_database_is_called_so(string reason, string shown) =>
        Assert.Equal(shown, Words(("DATA__POSTGRES", "Host=db.example;Database=d;Username=u")).Of(reason));

    [Theory]
    [InlineData("DELETE", "/cachemachine/m")]
    [InlineData("POST", "/cachemachine/")]
    public async Task What_the_actors_cannot_do_is_said_without_addresses(string method, string path)
    {
        await using var api = await ApiUnderTest.StartAsync(_ => new NotStored("Failed to connect to 10.0.0.2:5432"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent("""{"name": "m", "labels": {}, "repomen": []}"""),
        };

        using var answer = await api.Http.SendAsync(request);

        var problem = await Answered.ProblemAsync(answer, 503);
        Assert.Contains("another host", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task One_machine_too_many_is_a_conflict_that_names_the_limit()
    {
        await using var api = await ApiUnderTest.StartAsync(_ => new TooManyMachines(1000));
        using var body = new StringContent("""{"name": "m", "labels": {}, "repomen": []}""");

        using var answer = await api.Http.PostAsync(new Uri("/cachemachine/", UriKind.Relative), body);

        var problem = await Answered.ProblemAsync(answer, 409);
        Assert.Equal(
            "there are 1000 machines already, as many as there may be (limits.machines); delete one first", (string)problem["detail"]!);
    }

    [Fact]
    public async Task Whoever_was_not_answered_in_time_asks_again_no_sooner()
    {
        await using var api = await ApiUnderTest.StartAsync();

        using var answer = await api.Http.GetAsync(new Uri("/cachemachine/m", UriKind.Relative));

        var problem = await Answered.ProblemAsync(answer, 503);
        Assert.Equal("machine 'm' cannot be asked just now, and this replica knows no earlier answer: no answer within 5 s", (string)problem["detail"]!);
        Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
    }

    private static AddressRedaction Words(params (string Key, string Value)[] settings) =>
        new(TestSettings.Load(settings).Settings!);
}
