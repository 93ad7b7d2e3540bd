using System.Net.Http.Headers;
using System.Text;
using CacheMachine.TestKit;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CacheMachine.Host.Tests.Api;

/// <summary>Requests that break HTTP, come too slowly or whose sender goes away: an answer that says so, and no error in the log.</summary>
public class BrokenRequestTests
{
    private const string Post = "POST /cachemachine/ HTTP/1.1\r\nHost: localhost\r\n";

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n")]
    public async Task A_broken_chunk_is_400(string rest)
    {
        await using var api = await ApiUnderTest.StartAsync();

        var problem = Answered.Problem(await api.SayAsync(Post + rest), 400);

        Assert.StartsWith("the request is not valid HTTP: ", (string)problem["detail"]!, StringComparison.Ordinal);
        NoFault(api);
    }

    [Fact]
    public async Task A_body_whose_bytes_trickle_is_408()
    {
        await using var api = await ApiUnderTest.StartAsync(
            kestrel: options => options.Limits.MinRequestBodyDataRate = new MinDataRate(1_000_000, TimeSpan.FromSeconds(1.5)));

        var problem = Answered.Problem(await api.SayAsync(Post + "Content-Length: 10\r\n\r\n{"), 408);

        Assert.StartsWith("the body came too slowly: ", (string)problem["detail"]!, StringComparison.Ordinal);
        NoFault(api);
    }

    [Fact]
    public async Task A_body_that_takes_longer_than_it_may_is_408()
    {
        var time = new VirtualTimeProvider();
        await using var api = await ApiUnderTest.StartAsync(time: time, settings: ("HTTP__BODY_TIMEOUT", "20s"));
        using var client = await api.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Post + "Content-Length: 10\r\n\r\n{"));
        using var answer = new StreamReader(client.GetStream());
        var said = answer.ReadLineAsync();
        while (!said.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(said, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        Assert.Equal("HTTP/1.1 408 Request Timeout", await said);
        NoFault(api);
    }

    [Fact]
    public async Task A_client_that_hangs_up_while_it_sends_is_no_error()
    {
        // At whatever moment: before, while or after the first byte is read.
        for (var i = 0; i < 10; i++)
        {
            await using var api = await ApiUnderTest.StartAsync();
            using (var client = await api.ConnectAsync())
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Post + "Content-Length: 10\r\n\r\n{"));
                await api.LoggedAsync("/cachemachine/");
                if (i % 2 == 0)
                    client.LingerState = new(true, 0);
            }
            await EndedAsync(api);
            await api.LoggedAsync("stopped.");

            NoFault(api);
        }
    }

    [Fact]
    public async Task A_client_that_hangs_up_while_it_waits_is_no_error()
    {
        var asked = new TaskCompletionSource();
        await using var api = await ApiUnderTest.StartAsync(_ =>
        {
            asked.TrySetResult();
            return null;
        });
        using (var client = await api.ConnectAsync())
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /cachemachine/m HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            await asked.Task;
            client.LingerState = new(true, 0);
        }
        await EndedAsync(api);

        NoFault(api);
    }

    [Fact]
    public async Task A_defect_is_an_error_in_the_log_and_a_problem_that_tells_nothing_of_it()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fails");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        using var answer = await api.Http.SendAsync(request);

        var problem = await Answered.ProblemAsync(answer, 500);
        Assert.DoesNotContain("a defect\"", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperationException", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(api.Log, line => line.StartsWith("Error: GET /fails failed", StringComparison.Ordinal));
    }

    // ASP.NET Core's own last line about a request.
    private static Task<string> EndedAsync(ApiUnderTest api) => api.LoggedAsync("Request finished");

    private static void NoFault(ApiUnderTest api) => Assert.All(api.Log, line => Assert.True(line[0] is 'D' or 'I', string.Join('\n', api.Log)));
}
