namespace CacheMachine.Actors.RepoMen;

/// <summary>A repository manager has a list, which may be the same as before.</summary>
/// <param name="Generation">Of the spec that it works for.</param>
/// <param name="Index">Its place in the spec.</param>
/// <param name="List">The list.</param>
public sealed record RepoManListed(long Generation, int Index, RepoList List) : IMachineMessage;

/// <summary>A repository manager could not get its list; the last good one stays in use.</summary>
/// <param name="Generation">Of the spec that it works for.</param>
/// <param name="Index">Its place in the spec.</param>
/// <param name="Error">Why, in words.</param>
/// <param name="RetryAt">When it asks again.</param>
/// <param name="LimitedBy">The registry, where it asked to be left alone until then; null otherwise.</param>
public sealed record RepoManFailed(long Generation, int Index, string Error, DateTimeOffset RetryAt, string? LimitedBy = null) : IMachineMessage;

/// <summary>To a repository manager: ask now, a digest was found to have moved.</summary>
public sealed record RefreshRepoMan
{
    /// <summary>The only one.</summary>
    public static RefreshRepoMan Instance { get; } = new();
}
