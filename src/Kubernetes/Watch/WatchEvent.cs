using CacheMachine.Kubernetes.Errors;

namespace CacheMachine.Kubernetes.Watch;

/// <summary>
/// What a <see cref="Watcher{T}"/> tells, in order. The first that changes the view is always a <see cref="Reset"/>; applying each one to
/// a view keyed by namespace and name keeps it as the server's was at some moment.
/// </summary>
public abstract record WatchEvent<T>
    where T : class
{
    private WatchEvent()
    {
    }

    /// <summary>A whole, consistent list: replace the view by it at once. What was in the view and is not in it was deleted.</summary>
    /// <param name="Items">Everything that matches.</param>
    /// <param name="ResourceVersion">The moment of the list.</param>
    /// <param name="Why">Why a list was needed, in words.</param>
    public sealed record Reset(IReadOnlyList<T> Items, string ResourceVersion, string Why) : WatchEvent<T>;

    /// <summary>A new object, or one that has begun to match.</summary>
    /// <param name="Item">The object.</param>
    public sealed record Added(T Item) : WatchEvent<T>;

    /// <summary>A changed object. After an interruption it may be one that the view has already in this state.</summary>
    /// <param name="Item">The object after the change.</param>
    public sealed record Modified(T Item) : WatchEvent<T>;

    /// <summary>The object is gone, or no longer matches.</summary>
    /// <param name="Item">Its last state.</param>
    public sealed record Deleted(T Item) : WatchEvent<T>;

    /// <summary>A watch is open: from now on the view follows the server. Ends an <see cref="Interrupted"/>.</summary>
    /// <param name="ResourceVersion">From where.</param>
    public sealed record Connected(string ResourceVersion) : WatchEvent<T>;

    /// <summary>The view may be out of date; it is still the last one known.</summary>
    /// <param name="Error">What failed: a list or a watch.</param>
    /// <param name="NextTry">When it is tried again, by the client's clock.</param>
    /// <param name="Failures">How many times in a row, this one included.</param>
    public sealed record Interrupted(ApiError Error, DateTimeOffset NextTry, int Failures) : WatchEvent<T>;
}
