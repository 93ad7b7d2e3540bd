namespace CacheMachine.Kubernetes.Watch;

/// <summary>The types of a metav1.WatchEvent, but for ERROR, which is thrown.</summary>
public enum WatchFrameType
{
    /// <summary>The object is new, or has begun to match the selector.</summary>
    Added,

    /// <summary>The object was and is there.</summary>
    Modified,

    /// <summary>The object is gone, or no longer matches the selector.</summary>
    Deleted,

    /// <summary>Nothing happened up to this resourceVersion; it has no object.</summary>
    Bookmark,
}

/// <summary>One line of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it (for Deleted: its last state); null for Bookmark.</param>
/// <param name="ResourceVersion">Where a later watch can go on.</param>
public sealed record WatchFrame<T>(WatchFrameType Type, T? Object, string ResourceVersion)
    where T : class;
