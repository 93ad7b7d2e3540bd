using System.Net;
using System.Net.Http.Headers;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Errors;

namespace CacheMachine.Kubernetes.Http;

/// <summary>
/// Sends requests with credentials, and gives back answers whose body is still to be read. Repeats a request in two cases only: after a
/// 401 with renewed credentials (the server did nothing), and a read after a 429 with a short Retry-After.
/// </summary>
internal sealed class ApiTransport(KubernetesConfig config, KubernetesClientOptions options) : IDisposable
{
    private readonly HandlerPool _handlers = new(config, options);
    private readonly string _base = config.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public KubernetesClientOptions Options { get; } = options;

    public string? LastTlsRefusal => _handlers.Validator.LastRefusal;

    /// <summary>An answer of class 2xx.</summary>
    /// <exception cref="KubernetesApiException">The server answered with an error. Failures on the way are thrown as they come.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var credential = await config.Credentials.GetAsync(cancellationToken);
        var response = await SendOnceAsync(request, credential, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && config.Credentials.Rejected(credential))
        {
            response.Dispose();
            credential = await config.Credentials.GetAsync(cancellationToken);
            response = await SendOnceAsync(request, credential, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.TooManyRequests && request.Operation.ReadsOnly
            && ErrorReader.RetryAfter(response, Options.Time) is { } wait && wait <= Options.MaxRetryAfterWait
            && Options.MaxRetryAfterWait > TimeSpan.Zero)
        {
            response.Dispose();
            await Task.Delay(wait, Options.Time, cancellationToken);
            response = await SendOnceAsync(request, credential, cancellationToken);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new KubernetesApiException(await ErrorReader.ReadAsync(response, request.Operation, Options.Time, cancellationToken));
    }

    public void Dispose() => _handlers.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, _base + request.PathAndQuery)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("User-Agent", Options.UserAgent);
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.Authorization = credential.Authorization;
        // The runtime takes the name for SNI and for the certificate check from the Host header.
        if (config.Tls.ServerName is { } name)
            message.Headers.Host = name;
        if (request.Body is not null)
            message.Content = new ByteArrayContent(request.Body) { Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) } };
        return await _handlers.For(credential.Certificate).SendAsync(message, cancellationToken);
    }
}
