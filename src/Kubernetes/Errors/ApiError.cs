using System.Globalization;
using System.Text;

namespace CacheMachine.Kubernetes.Errors;

/// <summary>One failed call, as a value. <see cref="ToString"/> is the whole story for a log line; it has no secrets.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Reason">For decisions in code.</param>
/// <param name="Message">The server's own message, or the client's description of what went wrong on the way.</param>
/// <param name="HttpStatus">Null when no answer came.</param>
/// <param name="Details">The server's details; null when it gave none.</param>
/// <param name="RetryAfter">How long the server asks to wait (Retry-After header, else <c>details.retryAfterSeconds</c>).</param>
/// <param name="NeverSent">True when it is certain that the server has not seen the request: no connection was made.</param>
public sealed record ApiError(
    ApiOperation Operation,
    ApiErrorReason Reason,
    string Message,
    int? HttpStatus = null,
    ApiStatusDetails? Details = null,
    TimeSpan? RetryAfter = null,
    bool NeverSent = false)
{
    /// <summary>The resourceVersion or continue token is no longer kept: list again.</summary>
    public bool IsExpired => Reason is ApiErrorReason.Expired or ApiErrorReason.Gone;

    /// <summary>
    /// The server knows no version this new (an etcd that was restored, or a lagging replica): list again.
    /// Kubernetes tells it apart by this cause only (apimachinery, <c>IsTooLargeResourceVersion</c>).
    /// </summary>
    public bool IsVersionFromTheFuture =>
        Reason is ApiErrorReason.Timeout
        && (Details?.Causes?.Any(cause => cause.Reason == "ResourceVersionTooLarge") ?? false);

    /// <summary>
    /// True when the call may or may not have taken effect: it was sent, it changes something, and no answer came.
    /// </summary>
    public bool OutcomeUnknown =>
        !Operation.ReadsOnly
        && !NeverSent
        && (Reason is ApiErrorReason.ClientTimeout or ApiErrorReason.Unreachable or ApiErrorReason.Malformed);

    /// <summary>Verb, resource, namespace/name, HTTP status, reason, message, faulty fields, and what is not known.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Operation).Append(": ");
        if (HttpStatus is { } status)
            text.Append(status.ToString(CultureInfo.InvariantCulture)).Append(' ');
        text.Append(Reason).Append(": ").Append(Message);
        foreach (var cause in Details?.Causes ?? [])
        {
            // The message of an Invalid status already has the fields; other reasons leave them in the causes.
            if (cause.Message is { Length: > 0 } words && !Message.Contains(words, StringComparison.Ordinal))
                text.Append(" [").Append(cause.Field ?? cause.Reason).Append(": ").Append(words).Append(']');
        }

        if (RetryAfter is { } wait)
            text.Append(CultureInfo.InvariantCulture, $"; the server asks to wait {wait.TotalSeconds:0.###} s");
        if (OutcomeUnknown)
            text.Append("; whether the server carried it out is not known");
        return text.ToString();
    }
}
