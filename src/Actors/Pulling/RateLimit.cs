namespace CacheMachine.Actors.Pulling;

/// <summary>Recognises a registry's rate limit in the words of a container runtime, which has no other way to tell.</summary>
public static class RateLimit
{
    /// <summary>OCI distribution's error code TOOMANYREQUESTS, or HTTP's status 429.</summary>
    public static bool IsIn(string? reason) =>
        reason is not null
        && (reason.Contains("toomanyrequests", StringComparison.OrdinalIgnoreCase) || reason.Contains("429 Too Many Requests", StringComparison.OrdinalIgnoreCase));
}
