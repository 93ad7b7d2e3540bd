using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The proxy must be as bad as the scenarios say, or they prove nothing.</summary>
public sealed class CutOffTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5), Silent = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly CutOff _proxy;

    public CutOffTests()
    {
        _echo.Start();
        _ = EchoAsync();
        _proxy = new CutOff("127.0.0.1", ((IPEndPoint)_echo.LocalEndpoint).Port);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _echo.Dispose();
    }

    [Fact]
    public async Task What_is_sent_in_silence_arrives_when_it_ends()
    {
        using var client = await ConnectAsync();
        Assert.Equal("one", await AskAsync(client, "one"));
        _proxy.Traffic = Traffic.Silence;
        var answer = AskAsync(client, "two");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(Silent, TimeProvider.System));
        _proxy.Traffic = Traffic.Forward;
        Assert.Equal("two", await answer.WaitAsync(Soon, TimeProvider.System));
    }

    [Fact]
    public async Task What_is_sent_in_silence_on_a_new_connection_never_arrives()
    {
        _proxy.Traffic = Traffic.Silence;
        using var client = await ConnectAsync();
        var answer = AskAsync(client, "one");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(Silent, TimeProvider.System));
        _proxy.Traffic = Traffic.Forward;
        await Assert.ThrowsAsync<SocketException>(() => answer.WaitAsync(Soon, TimeProvider.System));
    }

    [Fact]
    public async Task A_reset_breaks_what_is_open_and_what_is_new_until_it_ends()
    {
        using var open = await ConnectAsync();
        Assert.Equal("one", await AskAsync(open, "one"));
        _proxy.Traffic = Traffic.Reset;
        await Assert.ThrowsAsync<SocketException>(() => AskAsync(open, "two").WaitAsync(Soon, TimeProvider.System));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var fresh = await ConnectAsync();
            await AskAsync(fresh, "three").WaitAsync(Soon, TimeProvider.System);
        });
        _proxy.Traffic = Traffic.Forward;
        using var later = await ConnectAsync();
        Assert.Equal("four", await AskAsync(later, "four").WaitAsync(Soon, TimeProvider.System));
    }

    [Fact]
    public async Task A_delay_counts_both_ways()
    {
        using var client = await ConnectAsync();
        Assert.Equal("one", await AskAsync(client, "one"));
        _proxy.Delay = Silent;
        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal("two", await AskAsync(client, "two").WaitAsync(Soon, TimeProvider.System));
        // Timers may fire a little before their time by this clock.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), 1.9 * Silent, Soon);
    }

    [Fact]
    public async Task The_first_line_of_a_request_is_kept()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "DELETE /apis HTTP/1.1\r\nHost: x\r\n\r\n");
        var request = Assert.Single(_proxy.Requests);
        Assert.Equal("DELETE /apis HTTP/1.1", request.Line);
        Assert.True(request.IsWrite);
    }

    [Fact]
    public async Task Silence_for_one_is_not_silence_for_others()
    {
        using var one = await ConnectAsync();
        using var other = await ConnectAsync();
        Assert.Equal("I am one", await AskAsync(one, "I am one"));
        _proxy.SilentFor = ["one"];
        var answer = AskAsync(one, "?");
        Assert.Equal("I am another", await AskAsync(other, "I am another"));
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(Silent, TimeProvider.System));
        _proxy.SilentFor = [];
        Assert.Equal("?", await answer.WaitAsync(Soon, TimeProvider.System));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_proxy.Address);
        return client;
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text));
        var buffer = new byte[1000];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer));
    }

    private async Task EchoAsync()
    {
        while (true)
            _ = EchoAsync(await _echo.AcceptSocketAsync());
    }

    private static async Task EchoAsync(Socket client)
    {
        var buffer = new byte[1000];
        while (await client.ReceiveAsync(buffer) is > 0 and var count)
            await client.SendAsync(buffer.AsMemory(0, count));
        client.Dispose();
    }
}
