using System.Collections.Immutable;

namespace CacheMachine.Simulator.Store;

/// <summary>The objects of one type, the changes that a watch can resume from, and the watchers. Guarded by the store's lock.</summary>
internal sealed class ObjectCollection(int historyLimit)
{
    private readonly Queue<WatchRecord> _history = new();
    private readonly List<Action<WatchRecord>> _sinks = [];
    private long _forgotten;

    public ImmutableSortedDictionary<string, StoredObject> Items { get; private set; } =
        ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    public void Apply(WatchRecord record)
    {
        Items = record.Kind == ChangeKind.Deleted
            ? Items.Remove(record.Object.Key)
            : Items.SetItem(record.Object.Key, record.Object);
        _history.Enqueue(record);
        if (_history.Count > historyLimit)
            _forgotten = _history.Dequeue().Version;
        foreach (var sink in _sinks)
            sink(record);
    }

    /// <summary>False when changes after <paramref name="version"/> are already forgotten.</summary>
    public bool TryReplay(long version, Action<WatchRecord> sink)
    {
        if (version < _forgotten)
            return false;
        foreach (var record in _history)
        {
            if (record.Version > version)
                sink(record);
        }

        return true;
    }

    public void Add(Action<WatchRecord> sink) => _sinks.Add(sink);

    public void Remove(Action<WatchRecord> sink) => _sinks.Remove(sink);

    public void Forget(long version)
    {
        _history.Clear();
        _forgotten = version;
    }
}
