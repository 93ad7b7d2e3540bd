using System.Diagnostics.CodeAnalysis;

namespace CacheMachine.Kubernetes.Errors;

/// <summary>
/// The answer to a call on one object: the value, or the error. Every error is a value here, also an unreachable
/// server and a time-out; only cancellation by the caller is thrown.
/// </summary>
public sealed class ApiResult<T>
    where T : class
{
    internal ApiResult(T? value, ApiError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>True when the server carried the call out.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The server's version of the object; null on failure.</summary>
    public T? Value { get; }

    /// <summary>Null on success.</summary>
    public ApiError? Error { get; }

    /// <summary>404.</summary>
    public bool IsNotFound => Error?.Reason is ApiErrorReason.NotFound;

    /// <summary>409 of a create: the name is taken.</summary>
    public bool IsAlreadyExists => Error?.Reason is ApiErrorReason.AlreadyExists;

    /// <summary>409 of a replace, patch or delete: somebody else changed the object.</summary>
    public bool IsConflict => Error?.Reason is ApiErrorReason.Conflict;

    /// <summary>The value.</summary>
    /// <exception cref="KubernetesApiException">The call failed.</exception>
    public T ValueOrThrow() => IsSuccess ? Value : throw new KubernetesApiException(Error);

    /// <inheritdoc/>
    public override string ToString() => IsSuccess ? "success" : Error.ToString();
}

/// <summary>Makes results; public so that doubles of the client can be written.</summary>
public static class ApiResult
{
    /// <summary>A call that was carried out.</summary>
    public static ApiResult<T> Ok<T>(T value)
        where T : class => new(value, null);

    /// <summary>A call that failed.</summary>
    public static ApiResult<T> Failed<T>(ApiError error)
        where T : class => new(null, error);
}
