using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Kubernetes.Http;

/// <summary>Calls with their time limit, and with every failure translated.</summary>
internal static class Call
{
    /// <summary>A call whose whole answer is one object; failures are values.</summary>
    /// <param name="transport">Where to.</param>
    /// <param name="request">What.</param>
    /// <param name="decode">Reads the body; null means that something else than the promised object came.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static async Task<ApiResult<T>> OneAsync<T>(
        ApiTransport transport,
        ApiRequest request,
        Func<Stream, CancellationToken, Task<T?>> decode,
        CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return ApiResult.Ok(await StreamAsync(
                transport,
                request,
                async (stream, token) => await decode(stream, token) ?? throw new JsonException("it is no object of this kind"),
                cancellationToken));
        }
        catch (KubernetesApiException e)
        {
            return ApiResult.Failed<T>(e.Error);
        }
    }

    /// <summary>A call whose answer is read as a stream within the request time-out; failures are thrown.</summary>
    /// <exception cref="KubernetesApiException">Any failure but the caller's own cancellation.</exception>
    public static async Task<T> StreamAsync<T>(
        ApiTransport transport,
        ApiRequest request,
        Func<Stream, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(transport.Options.RequestTimeout, transport.Options.Time, cancellationToken);
        try
        {
            using var response = await transport.SendAsync(request, deadline.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await read(stream, deadline.Token);
        }
        catch (Exception e) when (ApiFailure.IsExpected(e) && !deadline.IsCallers(e))
        {
            throw deadline.Translate(e, request.Operation, transport.LastTlsRefusal);
        }
    }

    /// <summary>Opens a watch: the answer's header within the request time-out, its body for as long as it lives.</summary>
    /// <exception cref="KubernetesApiException">Any failure but the caller's own cancellation.</exception>
    public static async Task<WatchConnection<T>> WatchAsync<T>(
        ApiTransport transport, ApiRequest request, JsonTypeInfo<T> item, TimeSpan limit, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var options = transport.Options;
        var whole = new Deadline(limit, options.Time, cancellationToken);
        HttpResponseMessage? response = null;
        var handedOver = false;
        try
        {
            using var opening = new Deadline(options.RequestTimeout, options.Time, whole.Token);
            try
            {
                response = await transport.SendAsync(request, opening.Token);
                var stream = await response.Content.ReadAsStreamAsync(opening.Token);
                var opened = new WatchConnection<T>(
                    response, new WatchReader<T>(stream, item, request.Operation, options.MaxObjectBytes), whole, request.Operation);
                handedOver = true;
                return opened;
            }
            catch (Exception e) when (ApiFailure.IsExpected(e) && !whole.IsCallers(e))
            {
                throw (whole.TimedOut ? whole : opening).Translate(e, request.Operation, transport.LastTlsRefusal);
            }
        }
        finally
        {
            if (!handedOver)
            {
                response?.Dispose();
                whole.Dispose();
            }
        }
    }
}
