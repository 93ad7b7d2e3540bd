using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using CacheMachine.Host.Kubernetes.Access;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>Reads exceptions of KubernetesClient and of what lies beneath as failures of a call.</summary>
internal static class ApiFailures
{
    private const int MaxQuote = 200;

    /// <summary>Exceptions that mean that a call failed, as against a fault of this program.</summary>
    public static bool IsExpected(Exception e) =>
        e is HttpOperationException or HttpRequestException or IOException or SocketException or AuthenticationException
            or JsonException or KubernetesConfigException or OperationCanceledException;

    /// <param name="e">What was thrown.</param>
    /// <param name="limit">How long the call had.</param>
    /// <param name="timedOut">Whether that is over.</param>
    /// <param name="tlsRefusal">Why the server's certificate was refused the last time.</param>
    /// <param name="now">For a Retry-After that is a date.</param>
    public static ApiFailure Of(Exception e, TimeSpan limit, bool timedOut, string? tlsRefusal, DateTimeOffset now) => e switch
    {
        HttpOperationException http => OfAnswer(http.Response, now),
        KubernetesConfigException => new ApiFailure("CredentialsFailed", e.Message, NeverSent: true),
        JsonException => new ApiFailure("Malformed", $"the answer is not what the API promises: {Place(e)}"),
        OperationCanceledException when timedOut || e.InnerException is not TimeoutException =>
            new ApiFailure("ClientTimeout", $"no complete answer within {limit.TotalSeconds:0.###} s"),
        OperationCanceledException => new ApiFailure("ClientTimeout", "no connection within the connect time-out", NeverSent: true),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new ApiFailure("Unreachable", $"no TLS connection: {tlsRefusal ?? Innermost(e)}", NeverSent: true),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError,
        } => new ApiFailure("Unreachable", Innermost(e), NeverSent: true),
        _ => new ApiFailure("Unreachable", Innermost(e)),
    };

    /// <summary>Of a Status that came with this HTTP status, or inside a watch.</summary>
    public static ApiFailure OfStatus(V1Status status, int code, TimeSpan? retryAfter = null)
    {
        var seconds = status.Details?.RetryAfterSeconds ?? 0;
        return new ApiFailure(
            string.IsNullOrEmpty(status.Reason) ? ReasonOf(code) : status.Reason,
            string.IsNullOrWhiteSpace(status.Message) ? "the server gave no message" : status.Message,
            code, status.Details, retryAfter ?? (seconds > 0 ? TimeSpan.FromSeconds(seconds) : null));
    }

    /// <summary>Null when the header is not there or makes no sense. A date that is past means now.</summary>
    public static TimeSpan? RetryAfter(string? header, DateTimeOffset now)
    {
        if (int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks))
            : null;
    }

    // A proxy on the way may have given the answer.
    private static ApiFailure OfAnswer(HttpResponseMessageWrapper answer, DateTimeOffset now)
    {
        var code = (int)answer.StatusCode;
        var wait = answer.Headers.TryGetValue("Retry-After", out var header) ? RetryAfter(header.FirstOrDefault(), now) : null;
        return Parse(answer.Content) is { } status
            ? OfStatus(status, code, wait)
            : new ApiFailure(ReasonOf(code), Describe(answer), code, null, wait);
    }

    private static V1Status? Parse(string body)
    {
        try
        {
            var status = KubernetesJson.Deserialize<V1Status>(body);
            return status?.Kind == "Status" ? status : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // Not a Status: the caller describes it as what it is.
            return null;
        }
    }

    private static string Describe(HttpResponseMessageWrapper answer)
    {
        var type = answer.Headers.TryGetValue("Content-Type", out var types) ? types.FirstOrDefault() ?? "no content type" : "no content type";
        var text = new StringBuilder();
        foreach (var c in answer.Content)
        {
            if (!char.IsControl(c) && !char.IsWhiteSpace(c))
                text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
            if (text.Length >= MaxQuote)
                break;
        }
        var quote = text.ToString().Trim();
        var begin = quote.Length == 0 ? "empty" : $"begins: {quote}";
        var redirect = answer.StatusCode is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest ? " (a redirect is not followed)" : "";
        return $"the answer is no Kubernetes Status{redirect}; {type}, {begin}";
    }

    private static string ReasonOf(int code) => Enum.IsDefined((HttpStatusCode)code) ? ((HttpStatusCode)code).ToString() : "Unknown";

    // Path and place, not the parser's words: they may quote the answer.
    private static string Place(Exception e) => e is JsonException { Path: { Length: > 0 } path } ? $"wrong type or value at {path}" : e.Message;

    private static string Innermost(Exception e)
    {
        var inner = e.GetBaseException();
        return ReferenceEquals(inner, e) ? e.Message : $"{e.Message} ({inner.Message})";
    }
}
