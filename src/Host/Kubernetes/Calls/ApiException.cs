using System.Globalization;
using System.Text;
using CacheMachine.Actors;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>One failed call. The message is the whole story for a log line and has no secrets: operation, target, status, the API's words, what is not known.</summary>
/// <param name="operation">What was asked.</param>
/// <param name="failure">What came of it.</param>
/// <param name="inner">What lies beneath, if anything.</param>
internal sealed class ApiException(ApiOperation operation, ApiFailure failure, Exception? inner = null)
    : Exception($"{operation}: {failure.Words(operation)}", inner)
{
    /// <summary>What was asked.</summary>
    public ApiOperation Operation { get; } = operation;

    /// <summary>What came of it.</summary>
    public ApiFailure Failure { get; } = failure;

    /// <summary>The message without the operation.</summary>
    public string Words => Failure.Words(Operation);

    /// <summary>404.</summary>
    public bool IsNotFound => Failure.Code == 404;

    /// <summary>409 of a create: the name is taken.</summary>
    public bool IsAlreadyExists => Failure is { Code: 409, Reason: "AlreadyExists" } || (Failure.Code == 409 && Operation.Verb == "create");

    /// <summary>409 of an update, patch or delete: somebody else changed the object.</summary>
    public bool IsConflict => Failure.Code == 409 && !IsAlreadyExists;

    /// <summary>Asking again will not help: there is no such object, or no right to it.</summary>
    public bool IsFinal => Failure.Code is 401 or 403 or 404;

    /// <summary>
    /// The server does not know (any more, or yet) the resourceVersion or continue token: list anew. One from its future is told apart by its
    /// cause only (apimachinery, <c>IsTooLargeResourceVersion</c>).
    /// </summary>
    public bool IsVersionUnknown => Failure.Code == 410 || Failure.Reason is "Expired" or "Gone"
        || (Failure.Details?.Causes?.Any(cause => cause.Reason == "ResourceVersionTooLarge") ?? false);

    /// <summary>For the actors.</summary>
    public PortException ToPort() => new(Message, Failure.RetryAfter);
}

/// <summary>Why a call failed.</summary>
/// <param name="Reason">A metav1.StatusReason, or <c>ClientTimeout</c>, <c>Unreachable</c>, <c>CredentialsFailed</c>, <c>Malformed</c> where the client found it out itself.</param>
/// <param name="Message">The server's words, or the client's of what went wrong on the way.</param>
/// <param name="Code">HTTP status; null when no answer came.</param>
/// <param name="Details">The server's; null when it gave none.</param>
/// <param name="RetryAfter">How long the server asks to wait.</param>
/// <param name="NeverSent">True when it is certain that the server has not seen the request.</param>
internal sealed record ApiFailure(
    string Reason, string Message, int? Code = null, V1StatusDetails? Details = null, TimeSpan? RetryAfter = null, bool NeverSent = false)
{
    /// <summary>HTTP status, reason, message, faulty fields, and what is not known.</summary>
    public string Words(ApiOperation operation)
    {
        var text = new StringBuilder();
        if (Code is { } code)
            text.Append(code.ToString(CultureInfo.InvariantCulture)).Append(' ');
        text.Append(Reason).Append(": ").Append(Message);
        foreach (var cause in Details?.Causes ?? [])
        {
            // The message of an Invalid status already has the fields; other reasons leave them in the causes.
            if (cause.Message is { Length: > 0 } words && !Message.Contains(words, StringComparison.Ordinal))
                text.Append(" [").Append(cause.Field ?? cause.Reason).Append(": ").Append(words).Append(']');
        }
        if (RetryAfter is { } wait)
            text.Append(CultureInfo.InvariantCulture, $"; the server asks to wait {wait.TotalSeconds:0.###} s");
        if (Code is null && !operation.ReadsOnly && !NeverSent)
            text.Append("; whether the server carried it out is not known");
        return text.ToString();
    }
}
