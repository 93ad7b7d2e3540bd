using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CacheMachine.Kubernetes.Config;

namespace CacheMachine.Kubernetes.Http;

/// <summary>Builds the connection pool of one cluster and one client certificate.</summary>
internal static class HandlerFactory
{
    public static SocketsHttpHandler Create(
        KubernetesConfig config, KubernetesClientOptions options, ServerCertificateValidator validator, ClientCertificate? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = config.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = options.ConnectionLifetime,
            EnableMultipleHttp2Connections = true,
            // A watch may be silent for minutes: pings find out that the other side is gone.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            ConnectCallback = ConnectAsync,
        };
        if (config.Proxy is not null)
            handler.Proxy = new WebProxy(config.Proxy);
        else
            handler.UseProxy = !config.Server.IsLoopback;

        handler.SslOptions.RemoteCertificateValidationCallback = validator.Validate;
        handler.SslOptions.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        if (certificate is not null)
            handler.SslOptions.ClientCertificateContext =
                SslStreamCertificateContext.Create(certificate.Leaf, certificate.Chain, offline: true);
        return handler;
    }

    /// <summary>The same pings for HTTP/1.1, by TCP.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
