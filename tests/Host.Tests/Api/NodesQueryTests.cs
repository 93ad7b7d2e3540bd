using System.Collections.Concurrent;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Host.Tests.Api;

/// <summary>What a GET of a machine asks of it.</summary>
public class NodesQueryTests
{
    [Theory]
    [InlineData("", NodeDetail.Auto)]
    [InlineData("?nodes=", NodeDetail.Auto)]
    [InlineData("?nodes=all", NodeDetail.All)]
    [InlineData("?nodes=summary&more=1", NodeDetail.Summary)]
    [InlineData("/?nodes=none", NodeDetail.None)]
    public async Task The_client_chooses_how_much_is_told_of_nodes(string query, NodeDetail detail)
    {
        var asked = new ConcurrentQueue<object>();
        await using var api = await ApiUnderTest.StartAsync(question =>
        {
            asked.Enqueue(question);
            return Answered.Status("m");
        });

        using var answer = await api.Http.GetAsync(new Uri($"/cachemachine/m{query}", UriKind.Relative));

        answer.EnsureSuccessStatusCode();
        Assert.Equal(detail, Assert.IsType<GetMachine>(Assert.Single(asked)).Nodes);
    }

    [Theory]
    [InlineData("?nodes=ALL")]
    [InlineData("?nodes=all&nodes=none")]
    public async Task What_nobody_knows_is_refused_with_the_rule(string query)
    {
        await using var api = await ApiUnderTest.StartAsync(_ => Answered.Status("m"));

        using var answer = await api.Http.GetAsync(new Uri($"/cachemachine/m{query}", UriKind.Relative));

        var fault = (await Answered.ProblemAsync(answer, 400))["errors"]![0]!;
        Assert.Equal(("nodes", "must be all, summary or none"), ((string?)fault["field"], (string?)fault["rule"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/available")]
    public async Task A_question_says_until_when_its_answer_is_waited_for(string route)
    {
        var asked = new ConcurrentQueue<object>();
        var before = TimeProvider.System.GetUtcNow();
        await using var api = await ApiUnderTest.StartAsync(question =>
        {
            asked.Enqueue(question);
            return new MachineNotFound("m");
        });

        using var answer = await api.Http.GetAsync(new Uri($"/cachemachine/m{route}", UriKind.Relative));

        var until = Assert.Single(asked) switch
        {
            GetMachine m => m.Until,
            GetMachineImages m => m.Until,
            _ => null,
        };
        // 5 s, and 2 s more, because clocks differ.
        Assert.InRange(until!.Value, before.AddSeconds(7), TimeProvider.System.GetUtcNow().AddSeconds(7));
    }
}
