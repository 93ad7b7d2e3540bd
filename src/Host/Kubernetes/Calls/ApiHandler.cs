using System.Net;
using CacheMachine.Host.Kubernetes.Access;

namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>
/// Between KubernetesClient and the network. Repeats a request in two cases only: after a 401 with renewed credentials (the server did nothing), and a
/// read after a 429 with a short Retry-After. Reads the body of an error under the request's own time limit, which KubernetesClient does not.
/// </summary>
internal sealed class ApiHandler(ApiCredentials credentials, TimeProvider time) : DelegatingHandler
{
    private const int MaxErrorBody = 64 << 10;

    // Writes are never repeated for a 429: whoever asked decides with the error's RetryAfter.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(3);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized
            && await credentials.RenewAsync(request.Headers.Authorization, cancellationToken) is { } renewed)
        {
            response.Dispose();
            request.Headers.Authorization = renewed;
            response = await base.SendAsync(request, cancellationToken);
        }
        if (response.StatusCode == HttpStatusCode.TooManyRequests && request.Method == HttpMethod.Get
            && ApiFailures.RetryAfter(response.Headers.RetryAfter?.ToString(), time.GetUtcNow()) is { } wait && wait <= MaxRetryAfter)
        {
            response.Dispose();
            await Task.Delay(wait, time, cancellationToken);
            response = await base.SendAsync(request, cancellationToken);
        }
        if (!response.IsSuccessStatusCode)
            await ReadErrorAsync(response, cancellationToken);
        return response;
    }

    private static async Task ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType;
        var buffer = new byte[MaxErrorBody];
        await using (var stream = await response.Content.ReadAsStreamAsync(cancellationToken))
            buffer = buffer[..await stream.ReadAtLeastAsync(buffer, MaxErrorBody, throwOnEndOfStream: false, cancellationToken)];
        response.Content = new ByteArrayContent(buffer) { Headers = { ContentType = type } };
    }
}
