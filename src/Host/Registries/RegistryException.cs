namespace CacheMachine.Host.Registries;

/// <summary>A registry request that gave no result. The message names the operation and the target, and holds no secret.</summary>
public sealed class RegistryException : Exception
{
    /// <summary>Creates the error of one request.</summary>
    public RegistryException(RegistryErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What a caller acts on.</summary>
    public RegistryErrorKind Kind { get; }

    /// <summary>The HTTP status, or null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The path of the URL that was asked, without its query; null when nothing was asked.</summary>
    public string? UrlPath { get; init; }

    /// <summary>The first <c>errors[].code</c> of the answer, for example <c>NAME_UNKNOWN</c>, or null.</summary>
    public string? Code { get; init; }

    /// <summary>The first <c>errors[].message</c> of the answer, shortened to one line, or null.</summary>
    public string? RegistryMessage { get; init; }

    /// <summary>How long the registry wants to be left alone, at most a day; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
