using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CacheMachine.Host.Kubernetes.Access;
using k8s;
using k8s.Autorest;

namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>
/// KubernetesClient, with what it lacks: answers are read without holding a thread and within the request's time limit, files of certificates are
/// followed, the server's name is checked, and redirects are refused.
/// </summary>
internal sealed class ApiClient : k8s.Kubernetes
{
    private readonly JsonSerializerOptions _json;

    private ApiClient(KubernetesClientConfiguration configuration, DelegatingHandler handler)
        : base(configuration, handler) => _json = configuration.JsonSerializerOptions;

    /// <summary>Connects to nothing yet.</summary>
    public static ApiClient Create(ApiAccess access, ApiTimes times, TimeProvider time)
    {
        SocketsHttpHandler? connections = null;
        var client = new ApiClient(
            new KubernetesClientConfiguration
            {
                Host = access.Server.AbsoluteUri,
                TlsServerName = access.ServerName,
                TokenProvider = access.Credentials,
                // The part before a slash becomes the field manager of what is written.
                UserAgent = "cachemachine",
                HttpClientTimeout = times.Request,
                FirstMessageHandlerSetup = handler => connections = handler,
            },
            new ApiHandler(access.Credentials, time));
        Configure(connections!, access, times);
        return client;
    }

    /// <inheritdoc/>
    protected override async Task<HttpOperationResponse<T>> CreateResultAsync<T>(
        HttpRequestMessage httpRequest, HttpResponseMessage httpResponse, bool? watch, CancellationToken cancellationToken)
    {
        if (typeof(T) != typeof(UnreadAnswer) && watch == true)
            return await base.CreateResultAsync<T>(httpRequest, httpResponse, watch, cancellationToken);
        var result = new HttpOperationResponse<T> { Request = httpRequest, Response = httpResponse };
        if (typeof(T) == typeof(UnreadAnswer))
            return result;
        try
        {
            await using var body = await httpResponse.Content.ReadAsStreamAsync(cancellationToken);
            result.Body = await JsonSerializer.DeserializeAsync<T>(body, _json, cancellationToken) ?? throw new JsonException("it is null");
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    // After the constructor, which sets some of these itself.
    private static void Configure(SocketsHttpHandler connections, ApiAccess access, ApiTimes times)
    {
        connections.AllowAutoRedirect = false;
        connections.UseCookies = false;
        connections.ConnectTimeout = times.Connect;
        connections.PooledConnectionLifetime = times.ConnectionLifetime;
        // A watch may be silent for minutes: pings find out that the other side is gone.
        connections.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        connections.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
        connections.ConnectCallback = ConnectAsync;
        if (access.Proxy is not null)
            connections.Proxy = new WebProxy(access.Proxy);
        else
            connections.UseProxy = !access.Server.IsLoopback;
        connections.SslOptions.RemoteCertificateValidationCallback = access.Trust.Validate;
        connections.SslOptions.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        connections.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => access.Credentials.Certificate!;
    }

    // The same pings for HTTP/1.1, by TCP.
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

/// <summary>Stands for the type of an answer that the caller reads itself, from <see cref="HttpOperationResponse.Response"/>.</summary>
internal sealed class UnreadAnswer;

/// <summary>Time limits of requests.</summary>
internal sealed record ApiTimes
{
    /// <summary>TCP and TLS together.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One call on one object, one page of a list, or the start of a watch, from asking for credentials to the last byte.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connections older than this get no new requests, so that a changed DNS entry, set of API servers or client certificate is found.
    /// </summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(10);
}
