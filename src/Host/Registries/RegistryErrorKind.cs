namespace CacheMachine.Host.Registries;

/// <summary>What went wrong with a registry, as far as a caller acts on it.</summary>
public enum RegistryErrorKind
{
    /// <summary>No or wrong credentials, or they may not read this repository (401, 403).</summary>
    Unauthorized,

    /// <summary>The repository or the tag does not exist (404; a registry may also say so of a private repository).</summary>
    NotFound,

    /// <summary>Too many requests (429); see <see cref="RegistryException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>No connection, a TLS failure, or an error of the registry's own (5xx). Trying again may help.</summary>
    Unavailable,

    /// <summary>No complete answer within the time limit. Trying again may help.</summary>
    Timeout,

    /// <summary>An answer that the OCI distribution specification does not allow, or one beyond its bounds.</summary>
    Protocol,

    /// <summary>
    /// The client did not go where the registry sent it: a link-local or metadata address, plain http, or a token server that is not
    /// trusted.
    /// </summary>
    Refused,

    /// <summary>The credentials file, or its entry for the registry, cannot be read or understood. Only changing it helps.</summary>
    Configuration,
}
