using System.Net;
using CacheMachine.Host.Settings;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CacheMachine.Host.Api;

/// <summary>
/// Keeps web pages of other sites from using a browser that reaches the service. A page may make any browser send a POST to any address;
/// what it cannot do is to hide where it comes from (<c>Origin</c>, <c>Sec-Fetch-Site</c>), or, having made its own name point to us, to
/// send another <c>Host</c>. Other programs send neither Origin nor Sec-Fetch-Site and are not concerned.
/// </summary>
internal sealed class BrowserRules(HttpSettings settings)
{
    private const string FetchSite = "Sec-Fetch-Site";

    private readonly StringSegment[] _hosts = [.. settings.AllowedHosts.Select(host => new StringSegment(host))];

    /// <summary>What is answered to a request that is refused; null for one that is not.</summary>
    public IResult? Refuse(HttpRequest request)
    {
        var host = PlainText.Shorten(request.Host.Value ?? "");
        if (!IsAllowed(request.Host))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                $"Host is '{host}', and must be an IP address or one of http.allowed-hosts: {string.Join(", ", settings.AllowedHosts)}");
        }
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || !IsFromPage(request))
            return null;
        if (!IsFromOwnPage(request))
        {
            return Problems.Of(
                StatusCodes.Status403Forbidden,
                $"Origin is '{PlainText.Shorten(request.Headers.Origin.ToString())}', and must be where the request goes to, '{host}'");
        }
        // A form of a page can send these three without asking first.
        return HttpMethods.IsPost(request.Method) && !request.HasJsonContentType()
            ? Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                $"Content-Type is '{PlainText.Shorten(request.ContentType ?? "")}', and must be application/json in a browser")
            : null;
    }

    // A name can be made to point here by anybody who owns it; an address cannot.
    private bool IsAllowed(HostString host) =>
        !host.HasValue || IPAddress.TryParse(host.Host, out _) || HostString.MatchesAny(host.Value, _hosts);

    private static bool IsFromPage(HttpRequest request) =>
        request.Headers.ContainsKey(HeaderNames.Origin) || request.Headers.ContainsKey(FetchSite);

    private static bool IsFromOwnPage(HttpRequest request) => request.Headers[FetchSite].ToString() switch
    {
        // The browser has compared; behind a proxy that changes Host we could not.
        "same-origin" or "none" => true,
        "" => Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
            && string.Equals(origin.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase)
            && origin.Port == (request.Host.Port ?? (origin.Scheme == Uri.UriSchemeHttps ? 443 : 80)),
        _ => false,
    };
}
