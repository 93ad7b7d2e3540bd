using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;

namespace CacheMachine.Host.Registries.Http;

/// <summary>
/// Sends requests within the rules that hold for all of them: plain http only to insecure hosts, no refused address,
/// credentials to one host, a few exchanges at once per host, a time limit each, and a bounded answer.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxErrorBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _slots = new(StringComparer.OrdinalIgnoreCase);
    private readonly RegistryOptions _options;
    private readonly HostList _insecureHosts;
    private readonly RegistryFaults _faults;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public RegistryTransport(
        RegistryOptions options,
        HostList insecureHosts,
        RegistryFaults faults,
        TimeProvider time,
        HostResolver resolve,
        RemoteCertificateValidationCallback? validateCertificate)
    {
        _options = options;
        _insecureHosts = insecureHosts;
        _faults = faults;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = options.UseEnvironmentProxy,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = new GuardedConnector(resolve).ConnectAsync,
            SslOptions = { RemoteCertificateValidationCallback = validateCertificate },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Sends and reads the answer, whatever its status.</summary>
    /// <exception cref="RegistryException">There is no answer that may be used.</exception>
    public async Task<RegistryResponse> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        var uri = request.Uri;
        var authorized = true;
        for (var redirects = 0; ; redirects++)
        {
            EnsureAllowed(request, uri, isRedirect: redirects > 0);
            var (response, location) = await ExchangeAsync(request, uri, authorized, cancellationToken);
            if (response.Status is not (301 or 302 or 303 or 307 or 308)) return response;

            if (request.Form is not null)
                throw _faults.Unusable(response, "the token server redirects a request that carries a secret", RegistryErrorKind.Refused);
            if (location is null || !Uri.TryCreate(uri, location, out var target))
                throw _faults.Unusable(response, "a redirect without a valid Location");
            if (redirects == MaxRedirects)
                throw _faults.Unusable(response, $"more than {MaxRedirects} redirects");
            authorized &= SameOrigin(uri, target);
            uri = target;
        }
    }

    public static bool SameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && left.Host.Equals(right.Host, StringComparison.OrdinalIgnoreCase);

    public void Dispose()
    {
        _http.Dispose();
        foreach (var slot in _slots.Values) slot.Dispose();
    }

    // That a first URL is refused says nothing of what is there; a redirect comes from somebody who is.
    private void EnsureAllowed(RegistryRequest request, Uri uri, bool isRedirect)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && _insecureHosts.Contains(uri)))
        {
            var what = $"{uri.Scheme}://{uri.Authority} is not https, and registry.insecure-hosts does not have {uri.Authority}";
            throw _faults.NoAnswer(request, uri, RegistryErrorKind.Refused, what, mayBeTold: !isRedirect);
        }

        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && RefusedAddress.Is(address))
        {
            var what = new RefusedAddressException(uri.Host).Message;
            throw _faults.NoAnswer(request, uri, RegistryErrorKind.Refused, what, mayBeTold: !isRedirect);
        }
    }

    private async Task<(RegistryResponse Response, string? Location)> ExchangeAsync(
        RegistryRequest request, Uri uri, bool authorized, CancellationToken cancellationToken)
    {
        var slot = _slots.GetOrAdd(uri.Authority, _ => new SemaphoreSlim(_options.MaxConcurrentRequestsPerHost));
        await slot.WaitAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var message = request.ToMessage(uri, authorized);
            using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(request, uri, answer, either.Token);
            var response = new RegistryResponse(request, uri, (int)answer.StatusCode, answer.Headers, body);
            return (response, response.Raw("Location").FirstOrDefault());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var what = $"no complete answer within {_options.RequestTimeout.TotalSeconds:0.###} s";
            throw _faults.NoAnswer(request, uri, RegistryErrorKind.Timeout, what);
        }
        catch (HttpRequestException e) when (e.InnerException is RefusedAddressException refused)
        {
            throw _faults.NoAnswer(request, uri, RegistryErrorKind.Refused, refused.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _faults.NoAnswer(request, uri, RegistryErrorKind.Unavailable, (e.InnerException ?? e).Message);
        }
        finally
        {
            slot.Release();
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(
        RegistryRequest request, Uri uri, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var max = answer.IsSuccessStatusCode ? request.MaxBytes : MaxErrorBytes;
        using var buffer = new MemoryStream();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (buffer.Length + count > max)
            {
                if (!answer.IsSuccessStatusCode) break;
                throw _faults.NoAnswer(request, uri, RegistryErrorKind.Protocol, $"the answer is larger than {max} bytes");
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
