using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace CacheMachine.Host.Peers;

/// <summary>Connections to other replicas.</summary>
internal static class PeerConnections
{
    /// <summary>A pool of HTTP/2 connections, with pings, so that one to a peer that has vanished is given up.</summary>
    public static HttpMessageInvoker Open(PeerTls? tls, PeerTimes times, TimeProvider time) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        // Also on a connection without messages: what is noticed while nothing is sent costs no message.
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        KeepAlivePingDelay = times.Ping,
        KeepAlivePingTimeout = times.PingTimeout,
        ConnectCallback = (context, cancelled) => ConnectAsync(context.DnsEndPoint, tls, times.Connect, time, cancelled),
    });

    // The certificates are those of this moment, which a pool that makes the connections itself would not ask for.
    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint to, PeerTls? tls, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(to, either.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is null)
                return stream;
            var secure = new SslStream(stream);
            stream = secure;
            await secure.AuthenticateAsClientAsync(tls.ForClient(to.Host), either.Token);
            return secure;
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            socket.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new IOException(FormattableString.Invariant($"no connection within {patience.TotalSeconds:0.###} s"), e);
            throw;
        }
    }
}
