using System.Net;
using System.Text;
using System.Text.Json;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Http;

/// <summary>Turns an answer that is no success into an <see cref="ApiError"/>, also when a proxy on the way gave it.</summary>
internal static class ErrorReader
{
    private const int MaxBody = 64 << 10;
    private const int MaxQuote = 200;

    public static async Task<ApiError> ReadAsync(
        HttpResponseMessage response, ApiOperation operation, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken);
        var code = (int)response.StatusCode;
        var header = RetryAfter(response, time);
        return Parse(body) is { } status
            ? FromStatus(status, operation, code, header)
            : new ApiError(operation, FromCode(code, operation), Describe(response, body), code, null, header);
    }

    /// <summary>Of a Status that came with this HTTP status, or inside a watch.</summary>
    public static ApiError FromStatus(ApiStatus status, ApiOperation operation, int code, TimeSpan? retryAfter = null)
    {
        var reason = Enum.TryParse<ApiErrorReason>(status.Reason, ignoreCase: false, out var named) && Enum.IsDefined(named)
            ? named
            : FromCode(code, operation);
        var seconds = status.Details?.RetryAfterSeconds ?? 0;
        var wait = retryAfter ?? (seconds > 0 ? TimeSpan.FromSeconds(seconds) : null);
        var message = string.IsNullOrWhiteSpace(status.Message) ? "the server gave no message" : status.Message;
        return new ApiError(operation, reason, message, code, status.Details, wait);
    }

    /// <summary>Null when the server names no time. A date that is past means now.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta)
            return delta;
        if (header?.Date is not { } date)
            return null;
        var wait = date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private static ApiErrorReason FromCode(int code, ApiOperation operation) => code switch
    {
        400 => ApiErrorReason.BadRequest,
        401 => ApiErrorReason.Unauthorized,
        403 => ApiErrorReason.Forbidden,
        404 => ApiErrorReason.NotFound,
        405 => ApiErrorReason.MethodNotAllowed,
        406 => ApiErrorReason.NotAcceptable,
        409 => operation.Verb == "create" ? ApiErrorReason.AlreadyExists : ApiErrorReason.Conflict,
        410 => ApiErrorReason.Gone,
        413 => ApiErrorReason.RequestEntityTooLarge,
        415 => ApiErrorReason.UnsupportedMediaType,
        422 => ApiErrorReason.Invalid,
        429 => ApiErrorReason.TooManyRequests,
        500 => ApiErrorReason.InternalError,
        503 => ApiErrorReason.ServiceUnavailable,
        504 => ApiErrorReason.Timeout,
        _ => ApiErrorReason.Unknown,
    };

    private static ApiStatus? Parse(byte[] body)
    {
        try
        {
            var status = JsonSerializer.Deserialize(body, KubernetesJsonContext.Default.ApiStatus);
            return status?.Kind == "Status" ? status : null;
        }
        catch (JsonException)
        {
            // Not a Status: the caller describes it as what it is.
            return null;
        }
    }

    private static string Describe(HttpResponseMessage response, byte[] body)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        var text = new StringBuilder();
        foreach (var c in Encoding.UTF8.GetString(body))
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
        var redirect = response.StatusCode is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest ? " (a redirect is not followed)" : "";
        return $"the answer is no Kubernetes Status{redirect}; {type}, {begin}";
    }

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBody];
        var count = await stream.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancellationToken);
        return buffer[..count];
    }
}
