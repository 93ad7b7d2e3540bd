using CacheMachine.Actors.CacheMachines;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Host.Peers;
using CacheMachine.Runtime.Sharding;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Mutual TLS between replicas.</summary>
public sealed class PeerTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Replicas_of_one_authority_talk_to_each_other()
    {
        await using var a = await Replica.StartAsync(tls: _authority.Issue());
        await using var b = await Replica.StartAsync(tls: _authority.Issue());

        var delivery = Assert.IsType<ShardDelivery.Taken>(await a.DeliverAsync(b.Address, new GetMachine("m")));

        Assert.StartsWith("https://", b.Address, StringComparison.Ordinal);
        Assert.Equal(new GetMachine("m"), await delivery.Reply!.WaitAsync(Replica.Patience));
    }

    [Theory]
    [InlineData("a client of another authority")]
    [InlineData("a server of another authority")]
    [InlineData("a server at another address")]
    [InlineData("a client with a certificate of servers")]
    [InlineData("a server with a certificate of clients")]
    public async Task No_other_certificate_is_good_enough(string what)
    {
        var client = what switch
        {
            "a client of another authority" => _stranger.Issue(trust: _authority),
            "a client with a certificate of servers" => _authority.Issue(usages: "1.3.6.1.5.5.7.3.1"),
            _ => _authority.Issue(),
        };
        var server = what switch
        {
            "a server of another authority" => _stranger.Issue(trust: _authority),
            "a server at another address" => _authority.Issue("127.0.0.2"),
            "a server with a certificate of clients" => _authority.Issue(usages: "1.3.6.1.5.5.7.3.2"),
            _ => _authority.Issue(),
        };
        var received = 0;
        await using var a = await Replica.StartAsync(tls: client);
        await using var b = await Replica.StartAsync(
            (_, _, _, _) =>
            {
                Interlocked.Increment(ref received);
                return Replica.Taken(null);
            },
            tls: server);

        var failed = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(b.Address, new GetMachine("m"), wantsReply: false));

        Assert.Contains($"send to {b.Address}: ", failed.Why, StringComparison.Ordinal);
        Assert.Equal(0, received);
    }

    [Fact]
    public async Task Without_a_certificate_nothing_is_said()
    {
        await using var a = await Replica.StartAsync();
        await using var b = await Replica.StartAsync(tls: _authority.Issue());

        var plain = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(b.Address.Replace("https://", "http://", StringComparison.Ordinal), new GetMachine("m")));
        var secure = Assert.IsType<ShardDelivery.Failed>(await a.DeliverAsync(b.Address, new GetMachine("m")));

        Assert.Contains("no address that begins with http://", secure.Why, StringComparison.Ordinal);
        Assert.Contains($"send to {b.Address.Replace("https://", "http://", StringComparison.Ordinal)}: ", plain.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_certificates_are_named_and_not_told()
    {
        var good = _authority.Issue();
        foreach (var bad in new[] { good with { CertificateFile = good.KeyFile }, good with { KeyFile = good.CaFile }, good with { CaFile = good.KeyFile } })
        {
            var error = Assert.Throws<PeerConfigException>(() => new PeerTls(bad, TimeProvider.System, NullLogger<PeerTls>.Instance));
            Assert.True(error.Message.Contains(bad.CertificateFile, StringComparison.Ordinal) || error.Message.Contains(bad.CaFile, StringComparison.Ordinal), error.Message);
            Assert.DoesNotContain(File.ReadLines(good.KeyFile).ElementAt(1), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var missing = new ClusterTlsSettings("/no/such/crt", "/no/such/key", "/no/such/ca");
        Assert.Contains(
            "the file /no/such/crt cannot be read",
            Assert.Throws<PeerConfigException>(() => new PeerTls(missing, TimeProvider.System, NullLogger<PeerTls>.Instance)).Message, StringComparison.Ordinal);
    }
}
