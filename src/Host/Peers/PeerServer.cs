using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CacheMachine.Host.Peers;

/// <summary>Takes messages of other replicas, on a port of its own: HTTP/2, without TLS or with mutual TLS. It goes on until it is disposed, also while the process is being stopped.</summary>
public sealed class PeerServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private PeerServer(WebApplication web, string address) => (_web, Address) = (web, address);

    /// <summary>Where other replicas reach this one; for its leases.</summary>
    public string Address { get; }

    /// <summary>Begins to listen. What arrives before <paramref name="receive"/> knows a type is refused with 404.</summary>
    /// <param name="bind">What to listen on; port 0 for any free one.</param>
    /// <param name="addressOf">Our address, once the port is known: see <see cref="PeerAddress.Of"/>.</param>
    /// <param name="keys">The shared key.</param>
    /// <param name="tls">Null for none.</param>
    /// <param name="codec">Knows the messages.</param>
    /// <param name="receive"><c>ClusterSharding.ReceiveAsync</c>.</param>
    /// <param name="loggers">Log.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<PeerServer> StartAsync(
        IPEndPoint bind, Func<int, string> addressOf, PeerKeys keys, PeerTls? tls, IPayloadSerializer codec,
        Func<string, object, bool, CancellationToken, Task<ShardDelivery>> receive, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Each message that waits for its answer is a stream.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            // The endpoint has its own limit, and says so.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(bind, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (tls is not null)
                    listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.ForServer()) });
            });
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime>(new UntilDisposed());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var web = builder.Build();
        try
        {
            var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var endpoint = new PeerEndpoint(address.Task, new PeerGuard(keys, time), new PeerBody(codec), receive, loggers.CreateLogger<PeerEndpoint>());
            web.Run(endpoint.HandleAsync);
            await web.StartAsync(cancellationToken);
            var listening = web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
            address.SetResult(addressOf(new Uri(listening).Port));
            return new PeerServer(web, await address.Task);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends; messages that wait for their answers fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    // The process's end is the other server's matter: until this replica has handed over, others have something to say to it.
    private sealed class UntilDisposed : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
