using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Errors;

namespace CacheMachine.Kubernetes.Http;

/// <summary>Failures without an answer of the API server.</summary>
internal static class ApiFailure
{
    /// <summary>Exceptions that mean that a call failed, as against a fault of this program.</summary>
    public static bool IsExpected(Exception e) =>
        e is KubernetesApiException or HttpRequestException or IOException or SocketException or AuthenticationException
            or JsonException or KubernetesConfigException or OperationCanceledException;

    public static ApiError Of(Exception e, ApiOperation operation, bool timedOut, TimeSpan limit, string? tlsRefusal) => e switch
    {
        KubernetesConfigException => new ApiError(operation, ApiErrorReason.CredentialsFailed, e.Message, NeverSent: true),
        JsonException => new ApiError(operation, ApiErrorReason.Malformed, $"the answer is not what the API promises: {Place(e)}"),
        OperationCanceledException when timedOut =>
            new ApiError(operation, ApiErrorReason.ClientTimeout, $"no complete answer within {limit.TotalSeconds:0.###} s"),
        OperationCanceledException =>
            new ApiError(operation, ApiErrorReason.ClientTimeout, "no connection within the connect time-out"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new ApiError(operation, ApiErrorReason.Unreachable, $"no TLS connection: {tlsRefusal ?? Innermost(e)}", NeverSent: true),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError,
        } => new ApiError(operation, ApiErrorReason.Unreachable, Innermost(e), NeverSent: true),
        _ => new ApiError(operation, ApiErrorReason.Unreachable, Innermost(e)),
    };

    // Path and place, not the parser's words: they may quote the answer.
    private static string Place(Exception e) =>
        e is JsonException { Path: { Length: > 0 } path } ? $"wrong type or value at {path}" : e.Message;

    private static string Innermost(Exception e)
    {
        var inner = e.GetBaseException();
        return ReferenceEquals(inner, e) ? e.Message : $"{e.Message} ({inner.Message})";
    }
}
