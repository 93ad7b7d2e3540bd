using System.Net;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Host.Peers;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Runtime.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Who may send messages.</summary>
public sealed class PeerSecurityTests : IAsyncLifetime, IDisposable
{
    private const string Message = """{"manifest":"get-machine/1","message":{"machine":"m"},"reply":false}""";

    private readonly VirtualTimeProvider _time = new();
    private readonly RawPeer _raw = new();
    private int _received;
    private Replica _replica = null!;

    public async Task InitializeAsync() => _replica = await Start(Replica.KeyOne);

    public void Dispose() => _raw.Dispose();

    public async Task DisposeAsync() => await _replica.DisposeAsync();

    [Fact]
    public async Task With_the_key_a_message_is_taken()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await _raw.PostAsync(_replica, Message, Stamp)).Status);
        Assert.Equal(1, _received);
    }

    [Fact]
    public async Task With_another_key_it_is_refused_on_both_sides_and_no_key_is_told()
    {
        await using var stranger = await Replica.StartAsync(key: Replica.KeyTwo, time: _time);

        var failed = Assert.IsType<ShardDelivery.Failed>(await stranger.DeliverAsync(_replica.Address, new GetMachine("m")));

        Assert.False(failed.MayHaveArrived);
        Assert.Contains("401: the message is not signed with our key", failed.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("key-", failed.Why, StringComparison.Ordinal);
        Assert.Equal(0, _received);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("body")]
    [InlineData("type")]
    [InlineData("address")]
    [InlineData("time")]
    [InlineData("nonce")]
    public async Task What_was_changed_on_the_way_is_refused(string what)
    {
        var stamp = Stamp;
        var signature = PeerSignature.OfMessage(System.Text.Encoding.UTF8.GetBytes(Replica.KeyOne), stamp, System.Text.Encoding.UTF8.GetBytes(Message));
        var sent = what switch
        {
            "type" => stamp with { Target = "/shards/other" },
            "address" => stamp with { To = "http://127.0.0.1:1" },
            "time" => stamp with { Time = stamp.Time + 1 },
            "nonce" => stamp with { Nonce = new string('0', 32) },
            _ => stamp,
        };

        var answer = await _raw.PostAsync(
            _replica, what == "body" ? Message.Replace("false", "true ", StringComparison.Ordinal) : Message, sent,
            tamper: _ => what == "signature" ? (signature[0] == '0' ? '1' : '0') + signature[1..] : signature);

        Assert.Equal((HttpStatusCode.Unauthorized, 0), (answer.Status, _received));
    }

    [Fact]
    public async Task What_is_not_signed_is_refused()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_replica.Address), "/shards/machines"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(Message),
        };
        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("is not signed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_sent_again_as_it_was_is_refused_as_long_as_its_time_is_good_and_then_for_its_time()
    {
        var stamp = Stamp;
        Assert.Equal(HttpStatusCode.Accepted, (await _raw.PostAsync(_replica, Message, stamp)).Status);

        Assert.Contains("received before", (await _raw.PostAsync(_replica, Message, stamp)).Body, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("received before", (await _raw.PostAsync(_replica, Message, stamp)).Body, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("more than 5 minutes from ours", (await _raw.PostAsync(_replica, Message, stamp)).Body, StringComparison.Ordinal);
        Assert.Equal(1, _received);
    }

    [Theory]
    [InlineData(-301, HttpStatusCode.Unauthorized)]
    [InlineData(-299, HttpStatusCode.Accepted)]
    [InlineData(299, HttpStatusCode.Accepted)]
    [InlineData(301, HttpStatusCode.Unauthorized)]
    public async Task Clocks_may_be_five_minutes_apart(int seconds, HttpStatusCode status)
    {
        var stamp = Stamp;
        Assert.Equal(status, (await _raw.PostAsync(_replica, Message, stamp with { Time = stamp.Time + seconds * 1000 })).Status);
    }

    [Fact]
    public async Task A_message_for_the_process_that_was_at_this_address_before_is_not_taken()
    {
        await using var sender = await Start(Replica.KeyOne);
        var before = _replica.Address.Replace("#one", "#zero", StringComparison.Ordinal);

        Assert.IsType<ShardDelivery.NotHere>(await sender.DeliverAsync(before, new GetMachine("m")));
        Assert.Equal(0, _received);
    }

    [Fact]
    public async Task The_key_can_be_changed_while_all_replicas_run()
    {
        await using var other = await Start(Replica.KeyOne);
        string[] steps = [$"{Replica.KeyOne}\n{Replica.KeyTwo}\n", $"{Replica.KeyTwo}\n{Replica.KeyOne}\n", Replica.KeyTwo];
        foreach (var step in steps)
        {
            // One after the other: between two steps the replicas have different files.
            foreach (var replica in new[] { _replica, other })
            {
                await File.WriteAllTextAsync(replica.KeyFile, step);
                _time.Advance(TimeSpan.FromSeconds(3));
                await BothWaysAsync(other);
            }
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await _raw.PostAsync(_replica, Message, Stamp)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await _raw.PostAsync(_replica, Message, Stamp, Replica.KeyTwo)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData(null)]
    public async Task A_file_that_cannot_be_used_leaves_the_key_as_it_was(string? content)
    {
        if (content is null)
            File.Delete(_replica.KeyFile);
        else
            await File.WriteAllTextAsync(_replica.KeyFile, content);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(HttpStatusCode.Accepted, (await _raw.PostAsync(_replica, Message, Stamp)).Status);
    }

    [Theory]
    [InlineData("", "has 0 lines with a key")]
    [InlineData("0123456789012345678901234567890", "has a key of less than 32 bytes")]
    [InlineData("01234567890123456789012345678901\nshort", "has a key of less than 32 bytes")]
    [InlineData("01234567890123456789012345678901\n11234567890123456789012345678901\n\n21234567890123456789012345678901", "has 3 lines with a key")]
    public void A_file_without_a_good_key_is_refused(string content, string words)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            var error = Assert.Throws<PeerConfigException>(() => new PeerKeys(file, TimeProvider.System, NullLogger<PeerKeys>.Instance));
            Assert.Contains($"the file {file} {words}", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task An_answer_of_somebody_without_the_key_is_not_believed()
    {
        await using var impostor = await Impostor.StartAsync();

        var failed = Assert.IsType<ShardDelivery.Failed>(await _replica.DeliverAsync(impostor.Address, new GetMachine("m")));

        Assert.True(failed.MayHaveArrived);
        Assert.Contains("not signed with our key", failed.Why, StringComparison.Ordinal);
    }

    private PeerStamp Stamp => RawPeer.Stamp(_replica, _time);

    private async Task BothWaysAsync(Replica other)
    {
        Assert.IsType<ShardDelivery.Taken>(await other.DeliverAsync(_replica.Address, new GetMachine("m"), wantsReply: false));
        var delivery = Assert.IsType<ShardDelivery.Taken>(await _replica.DeliverAsync(other.Address, new GetMachine("m")));
        Assert.Equal(new GetMachine("m"), await delivery.Reply!.WaitAsync(Replica.Patience));
    }

    private Task<Replica> Start(string key) => Replica.StartAsync(
        (_, message, wants, _) =>
        {
            Interlocked.Increment(ref _received);
            return Replica.Taken(wants ? Task.FromResult(message) : null);
        },
        key, time: _time);
}
