namespace CacheMachine.Simulator.Store;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}

/// <summary>One change, shared by all watchers. <see cref="Object"/> is null only for a bookmark.</summary>
internal sealed class WatchRecord(ChangeKind kind, long version, StoredObject? current, StoredObject? previous)
{
    private StoredObject? _left;

    public ChangeKind Kind => kind;

    public long Version => version;

    /// <summary>The object after the change; of a deletion the last state, with the version of the deletion.</summary>
    public StoredObject Object => current ?? throw new InvalidOperationException("a bookmark has no object");

    public StoredObject? Previous => previous;

    /// <summary>
    /// The change as a watcher with this filter sees it, or null if it does not. An object that starts to match is ADDED; one that
    /// stops to match is DELETED, with its last matching state and the version of the change (as the real watch cache does it).
    /// </summary>
    public (ChangeKind Kind, StoredObject Object)? SeenThrough(Func<StoredObject, bool> matches)
    {
        var now = kind != ChangeKind.Deleted && matches(Object);
        var before = kind switch
        {
            ChangeKind.Deleted => matches(previous ?? Object),
            ChangeKind.Modified => previous is not null && matches(previous),
            _ => false,
        };
        return (now, before) switch
        {
            (true, true) => (ChangeKind.Modified, Object),
            (true, false) => (ChangeKind.Added, Object),
            (false, true) => (ChangeKind.Deleted, kind == ChangeKind.Deleted ? Object : Left(previous!)),
            _ => null,
        };
    }

    private StoredObject Left(StoredObject last) => _left ??= StoredObject.Write(last.Type, last.Parse(), version);
}
