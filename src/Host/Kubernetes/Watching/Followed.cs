namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>What a <see cref="Follower{TItem,TFact}"/> tells, in order; what changes the view begins with a list.</summary>
internal abstract record Followed<T>
{
    private Followed()
    {
    }

    /// <summary>A whole, consistent list: it replaces the view. What was in the view and is not in it was deleted.</summary>
    public sealed record Listed(IReadOnlyList<T> Items) : Followed<T>;

    /// <summary>A new object or a changed one; after an interruption it may be one that the view has already in this state.</summary>
    public sealed record Changed(T Item) : Followed<T>;

    /// <summary>The object is gone, or no longer matches.</summary>
    /// <param name="Item">Its last state.</param>
    public sealed record Deleted(T Item) : Followed<T>;

    /// <summary>A list or a watch failed and is tried again: the view is the last one known.</summary>
    /// <param name="Reason">In words, without what was asked.</param>
    public sealed record Interrupted(string Reason) : Followed<T>;

    /// <summary>
    /// A watch is open and has stood for a moment, or told something: once at the beginning, and after each <see cref="Interrupted"/>, of which it is
    /// the end.
    /// </summary>
    public sealed record Resumed : Followed<T>;
}

/// <summary>Times of a <see cref="Follower{TItem,TFact}"/>.</summary>
internal sealed record FollowTimes
{
    /// <summary>
    /// The server ends a watch after this to twice this, at random, so that the watches of many clients do not end together
    /// (client-go does the same). At least a second.
    /// </summary>
    public TimeSpan Server { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The client gives a connection up this long after the server should have ended it: it is dead and silent.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A watch that stood for less proves nothing: the next one has to wait.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait after the first of several failures; doubles with each further one.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The wait does not grow beyond this. Each wait is between half and all of its value, at random. There are three watches, so asking every few
    /// seconds costs little, and what happened meanwhile is seen soon.
    /// </summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>As long as this the server may ask to be left alone.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(1);
}
