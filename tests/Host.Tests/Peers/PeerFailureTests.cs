using System.Net;
using System.Net.Sockets;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Host.Peers;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>What is known of a message when the other replica, or the way to it, fails.</summary>
public sealed class PeerFailureTests
{
    private static readonly PeerTimes Quick = new()
    {
        Connect = TimeSpan.FromSeconds(1),
        Taken = TimeSpan.FromSeconds(2),
        Ping = TimeSpan.FromSeconds(1),
        PingTimeout = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task Nobody_listens_there()
    {
        await using var a = await Replica.StartAsync();
        var gone = await Replica.StartAsync();
        var address = gone.Address;
        await gone.DisposeAsync();

        var failed = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(address, new GetMachine("m")));

        Assert.False(failed.MayHaveArrived);
        Assert.Contains($"send to {address}: ", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_listens_and_never_answers_the_connection()
    {
        // TLS is never agreed upon.
        using var authority = new TestAuthority();
        await using var a = await Replica.StartAsync(tls: authority.Issue(), times: Quick);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var failed = Assert.IsType<ShardDelivery.Failed>(
            await a.DeliverAsync($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}#one", new GetMachine("m")));

        Assert.False(failed.MayHaveArrived);
        Assert.Contains("no connection within 1 s", failed.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1:8081")]
    [InlineData("ftp://10.0.0.1")]
    public async Task The_address_is_none(string address)
    {
        await using var a = await Replica.StartAsync();

        Assert.False(Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(address, new GetMachine("m"))).MayHaveArrived);
    }

    [Fact]
    public async Task It_does_not_take_the_message_in_time()
    {
        await using var a = await Replica.StartAsync(times: Quick);
        await using var b = await Replica.StartAsync(async (_, _, _, cancelled) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
            return ShardDelivery.NotHere.Instance;
        });

        var failed = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(b.Address, new GetMachine("m")));

        Assert.True(failed.MayHaveArrived);
        Assert.Contains("was not taken within 2 s", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_does_not_come_in_time()
    {
        await using var a = await Replica.StartAsync(times: Quick with { Reply = TimeSpan.FromSeconds(1) });
        await using var b = await Replica.StartAsync((_, _, _, _) => Replica.Taken(new TaskCompletionSource<object>().Task));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m")));

        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!.WaitAsync(Replica.Patience));
        Assert.Contains("did not come within 1 s; whether it was carried out is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_breaks_before_the_answer()
    {
        await using var a = await Replica.StartAsync();
        await using var proxy = new TcpProxy();
        await using var b = await Replica.StartAsync((_, _, _, _) => Replica.Taken(new TaskCompletionSource<object>().Task), advertisedPort: proxy.Port);
        proxy.To = b.EndPoint;

        var delivery = Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m")));
        proxy.Cut();

        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!.WaitAsync(Replica.Patience));
        Assert.Contains("the connection was lost", error.Message, StringComparison.Ordinal);
        Assert.Contains("whether it was carried out is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_stopped_before_the_answer()
    {
        await using var a = await Replica.StartAsync();
        await using var b = await Replica.StartAsync((_, _, _, _) => Replica.Taken(new TaskCompletionSource<object>().Task));

        var delivery = Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m")));
        await b.Server.DisposeAsync();

        await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!.WaitAsync(Replica.Patience));
    }

    [Fact]
    public async Task All_that_is_sent_to_it_vanishes()
    {
        await using var a = await Replica.StartAsync(times: Quick);
        await using var proxy = new TcpProxy();
        await using var b = await Replica.StartAsync(
            (_, message, wants, _) => Replica.Taken(wants ? new TaskCompletionSource<object>().Task : null), advertisedPort: proxy.Port);
        proxy.To = b.EndPoint;
        var delivery = Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m")));

        proxy.Swallows = true;
        var failed = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(b.Address, new GetMachine("m"), wantsReply: false));

        // A message that has left may have arrived; pings find out that nothing comes back, long before the 60 s for an answer.
        Assert.True(failed.MayHaveArrived);
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => delivery.Reply!.WaitAsync(Replica.Patience));
        Assert.Contains("the connection was lost", error.Message, StringComparison.Ordinal);

        proxy.Swallows = false;
        Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m"), wantsReply: false));
    }

    [Fact]
    public async Task Another_process_has_taken_its_place()
    {
        await using var a = await Replica.StartAsync();
        var b = await Replica.StartAsync(incarnation: "b1");
        var (address, port) = (b.Address, b.EndPoint.Port);
        Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(address, new GetMachine("m"), wantsReply: false));
        await b.DisposeAsync();
        await using var next = await Replica.StartAsync(port: port, incarnation: "b2");

        Assert.IsType<ShardDelivery.NotHere>(await AgainAsync(() => a.DeliverAsync(address, new GetMachine("m"), wantsReply: false)));
        Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(next.Address, new GetMachine("m"), wantsReply: false));
    }

    // The pool may still hold the old connection, and find out only when it uses it.
    private static async Task<ShardDelivery> AgainAsync(Func<Task<ShardDelivery>> deliver) =>
        await deliver() is var first and not ShardDelivery.Failed ? first : await deliver();
}
