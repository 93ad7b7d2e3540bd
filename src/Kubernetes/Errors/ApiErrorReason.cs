namespace CacheMachine.Kubernetes.Errors;

/// <summary>
/// Why a call failed. The first block has the names of <c>metav1.StatusReason</c>; the last block is what
/// the client itself found out, without an answer of the API server that says so.
/// </summary>
public enum ApiErrorReason
{
    /// <summary>The server gave a reason that is not in this list, or none; the HTTP status says more.</summary>
    Unknown,

    /// <summary>400.</summary>
    BadRequest,

    /// <summary>401: the credentials were refused, also after they were renewed.</summary>
    Unauthorized,

    /// <summary>403: RBAC or an admission plugin refuses.</summary>
    Forbidden,

    /// <summary>404: no such object, or no such API on this server.</summary>
    NotFound,

    /// <summary>405.</summary>
    MethodNotAllowed,

    /// <summary>406.</summary>
    NotAcceptable,

    /// <summary>409 on create: the name is taken.</summary>
    AlreadyExists,

    /// <summary>409 on replace, patch or delete: the resourceVersion or the uid is not the present one.</summary>
    Conflict,

    /// <summary>410: the thing is no longer there. A list or watch must start anew.</summary>
    Gone,

    /// <summary>410: the resourceVersion or the continue token is too old. A list or watch must start anew.</summary>
    Expired,

    /// <summary>413.</summary>
    RequestEntityTooLarge,

    /// <summary>415.</summary>
    UnsupportedMediaType,

    /// <summary>422: a field breaks a rule; the causes name the fields.</summary>
    Invalid,

    /// <summary>429: the server asks to come again later (RetryAfter).</summary>
    TooManyRequests,

    /// <summary>500.</summary>
    InternalError,

    /// <summary>503.</summary>
    ServiceUnavailable,

    /// <summary>500 or 504: the server could not do it in its own time; retry.</summary>
    ServerTimeout,

    /// <summary>504: what was asked took too long on the server, for example a resourceVersion from its future.</summary>
    Timeout,

    /// <summary>No complete answer came within the client's own time limit.</summary>
    ClientTimeout,

    /// <summary>No connection, or it broke before the answer was complete; also a TLS refusal.</summary>
    Unreachable,

    /// <summary>The client could not get its own credentials (token file, exec plugin, certificate).</summary>
    CredentialsFailed,

    /// <summary>The answer is not what the API promises: not JSON, cut off, or without required fields.</summary>
    Malformed,
}
