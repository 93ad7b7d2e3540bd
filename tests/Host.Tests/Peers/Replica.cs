using System.Net;
using CacheMachine.Actors.Wire;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Host.Peers;
using CacheMachine.Runtime.Sharding;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>A replica's two ends, on loopback.</summary>
internal sealed class Replica : IAsyncDisposable
{
    public const string Type = "machines";
    public const string KeyOne = "key-one-key-one-key-one-key-one-1";
    public const string KeyTwo = "key-two-key-two-key-two-key-two-2";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replica");

    private Replica(string key)
    {
        KeyFile = Path.Combine(_directory.FullName, "key");
        File.WriteAllText(KeyFile, key);
    }

    public string KeyFile { get; }

    public PeerServer Server { get; private set; } = null!;

    public PeerClient Client { get; private set; } = null!;

    public PeerKeys Keys { get; private set; } = null!;

    public string Address => Server.Address;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = null!;

    public static async Task<Replica> StartAsync(
        Func<string, object, bool, CancellationToken, Task<ShardDelivery>>? receive = null, string key = KeyOne, ClusterTlsSettings? tls = null,
        TimeProvider? time = null, PeerTimes? times = null, int port = 0, string incarnation = "one",
        int? advertisedPort = null)
    {
        var replica = new Replica(key);
        var clock = time ?? TimeProvider.System;
        replica.Keys = new PeerKeys(replica.KeyFile, clock, NullLogger<PeerKeys>.Instance);
        var secure = tls is null ? null : new PeerTls(tls, TimeProvider.System, NullLogger<PeerTls>.Instance);
        replica.Client = new PeerClient(replica.Keys, secure, new MessageCodec(), clock, times);
        replica.Server = await PeerServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, port), bound =>
            {
                replica.EndPoint = new IPEndPoint(IPAddress.Loopback, bound);
                return $"{(tls is null ? "http" : "https")}://127.0.0.1:{advertisedPort ?? bound}#{incarnation}";
            },
            replica.Keys, secure,
            new MessageCodec(), receive ?? ((_, message, wants, _) => Taken(wants ? Task.FromResult(message) : null)), NullLoggerFactory.Instance, clock);
        return replica;
    }

    public static Task<ShardDelivery> Taken(Task<object>? reply) => Task.FromResult<ShardDelivery>(new ShardDelivery.Taken(reply));

    public Task<ShardDelivery> DeliverAsync(string to, object message, bool wantsReply = true, CancellationToken cancellationToken = default) =>
        Client.DeliverAsync(to, Type, message, wantsReply, cancellationToken).WaitAsync(Patience, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
