using System.Text;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Supervisor;

namespace CacheMachine.Host.Tests.Api;

/// <summary>The log says who has changed what; what has changed nothing is not in it.</summary>
public class ChangeLogTests
{
    [Fact]
    public async Task A_deletion_names_who_asked_for_it()
    {
        await using var api = await ApiUnderTest.StartAsync(question => new MachineGone(((RemoveMachine)question).Machine, 1));
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/cachemachine/Lab.1");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7, 10.0.0.9");

        using var answer = await api.Http.SendAsync(request);

        answer.EnsureSuccessStatusCode();
        Assert.Contains("Information: Machine Lab.1 deleted by 127.0.0.1 (forwarded for 203.0.113.7, 10.0.0.9)", api.Log);
    }

    [Fact]
    public async Task What_a_client_says_of_itself_stays_one_short_line()
    {
        await using var api = await ApiUnderTest.StartAsync(question => new MachineGone(((RemoveMachine)question).Machine, 1));

        // U+0085 in UTF-8.
        var forwarded = $"a\u00C2\u0085b{new string('c', 500)}";
        await api.SayAsync($"DELETE /cachemachine/m HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: {forwarded}\r\n\r\n");

        var line = Assert.Single(api.Log, line => line.Contains("deleted by", StringComparison.Ordinal));
        Assert.True(line.Length < 200 && !line.Any(char.IsControl), line);
    }

    [Theory]
    [InlineData("DELETE", "/cachemachine/m", "")]
    [InlineData("POST", "/cachemachine/", """{"name": "m"}""")]
    [InlineData("POST", "/cachemachine/", """{"name": "m", "labels": {}, "repomen": []}""")]
    public async Task What_changes_nothing_is_not_in_it(string method, string path, string body)
    {
        await using var api = await ApiUnderTest.StartAsync(
            question => question is RemoveMachine gone ? new MachineNotFound(gone.Machine) : new NotStored("no"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8) };

        using var answer = await api.Http.SendAsync(request);

        Assert.DoesNotContain(api.Log, line => line.StartsWith("Information: Machine ", StringComparison.Ordinal));
    }
}
