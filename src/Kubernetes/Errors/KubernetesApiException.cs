namespace CacheMachine.Kubernetes.Errors;

/// <summary>
/// An <see cref="ApiError"/> where a value cannot be returned: lists, watch streams, and
/// <see cref="ApiResult{T}.ValueOrThrow"/>.
/// </summary>
public sealed class KubernetesApiException(ApiError error, Exception? inner = null) : Exception(error.ToString(), inner)
{
    /// <summary>What failed, and why.</summary>
    public ApiError Error { get; } = error;
}
