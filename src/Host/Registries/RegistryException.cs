namespace CacheMachine.Host.Registries;

/// <summary>A registry request that gave no result. The message names the operation and the target, and holds no secret.</summary>
public sealed class RegistryException : Exception
{
    /// <summary>Creates the error of one request.</summary>
    public RegistryException(RegistryErrorKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>What a caller acts on.</summary>
    public RegistryErrorKind Kind { get; }

    /// <summary>What is wrong, without what was asked for and what may differ each time; the same as long as the trouble is.</summary>
    public required string Reason { get; init; }

    /// <summary>The HTTP status, or null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The first <c>errors[].code</c> of the answer, for example <c>NAME_UNKNOWN</c>, or null.</summary>
    public string? Code { get; init; }

    /// <summary>How long it wants to be left alone, up to <see cref="RegistryOptions.RetryAfterMax"/>; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the message may be told to users of the API: there is a registry, or an operator chose the host. Of any other host it
    /// would tell whether there is something, and what, to everybody who may name a host.
    /// </summary>
    public bool MayBeTold { get; init; }
}
