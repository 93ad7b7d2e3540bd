using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;

namespace CacheMachine.Simulator.Store;

/// <summary>
/// All objects in memory, with one version counter over all types (as etcd's revision). Every write happens under one lock and reaches the
/// watchers in order; readers work on immutable snapshots.
/// </summary>
internal sealed class ObjectStore
{
    private const int KeptSnapshots = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceType, ObjectCollection> _collections;
    private readonly Dictionary<(ResourceType, long), StoredObject[]> _snapshots = [];
    private readonly Queue<(ResourceType, long)> _snapshotOrder = new();
    private long _version = 1;

    public ObjectStore(int historyLimit = 20_000) =>
        _collections = ResourceType.All.ToDictionary(type => type, _ => new ObjectCollection(historyLimit));

    public long Version
    {
        get
        {
            lock (_gate)
                return _version;
        }
    }

    public StoredObject? Get(ResourceType type, string ns, string name)
    {
        lock (_gate)
            return _collections[type].Items.GetValueOrDefault(type.Key(ns, name));
    }

    /// <summary>All objects of a type in the order of their keys, and the version at which that was so.</summary>
    public (IEnumerable<StoredObject> Items, int Count, long Version) Snapshot(ResourceType type)
    {
        lock (_gate)
        {
            var items = _collections[type].Items;
            return (items.Values, items.Count, _version);
        }
    }

    public StoredObject Create(ResourceType type, JsonObject document)
    {
        lock (_gate)
        {
            var collection = _collections[type];
            var name = document.Text("metadata", "name") ?? "";
            if (collection.Items.ContainsKey(type.Key(document.Text("metadata", "namespace") ?? "", name)))
                throw ApiErrors.AlreadyExists(type, name);
            var created = StoredObject.Write(type, document, ++_version);
            collection.Apply(new WatchRecord(ChangeKind.Added, created.Version, created, null));
            return created;
        }
    }

    /// <summary>
    /// Changes one object. <paramref name="change"/> edits the copy it gets; nothing is written when nothing differs. An object whose
    /// deletionTimestamp is set is removed as soon as neither finalizers nor a grace period hold it.
    /// </summary>
    /// <exception cref="ApiException">404 if there is no such object; or whatever <paramref name="change"/> refuses with.</exception>
    public StoredObject Update(ResourceType type, string ns, string name, Action<JsonObject, StoredObject> change)
    {
        lock (_gate)
        {
            var collection = _collections[type];
            var current = collection.Items.GetValueOrDefault(type.Key(ns, name)) ?? throw ApiErrors.NotFound(type, name);
            var document = current.Parse();
            change(document, current);
            if (NothingHolds(document))
            {
                var last = StoredObject.Write(type, document, ++_version);
                collection.Apply(new WatchRecord(ChangeKind.Deleted, last.Version, last, current));
                return last;
            }

            var same = StoredObject.Write(type, document, current.Version);
            if (same.Utf8.AsSpan().SequenceEqual(current.Utf8))
                return current;
            var updated = StoredObject.Write(type, document, ++_version);
            collection.Apply(new WatchRecord(ChangeKind.Modified, updated.Version, updated, current));
            return updated;
        }
    }

    /// <summary>As <see cref="Update"/>, for callers that do not mind when the object, or that incarnation of it, is gone.</summary>
    public bool TryUpdate(StoredObject target, Action<JsonObject> change)
    {
        lock (_gate)
        {
            if (Get(target.Type, target.Namespace, target.Name) is not { } current || current.Uid != target.Uid)
                return false;
            Update(target.Type, target.Namespace, target.Name, (document, _) => change(document));
            return true;
        }
    }

    /// <summary>
    /// Sends every later change of a type to <paramref name="sink"/> (under the lock: it must only enqueue). Without a version it first
    /// gets the current objects as added; with one, all changes after that version.
    /// </summary>
    /// <exception cref="ApiException">410 if the changes after that version are forgotten.</exception>
    public IDisposable Subscribe(ResourceType type, long? after, Action<WatchRecord> sink)
    {
        lock (_gate)
        {
            var collection = _collections[type];
            if (after is { } version)
            {
                if (!collection.TryReplay(version, sink))
                    throw ApiErrors.TooOld(version, _version);
            }
            else
            {
                foreach (var item in collection.Items.Values)
                    sink(new WatchRecord(ChangeKind.Added, item.Version, item, null));
            }

            collection.Add(sink);
        }

        return new Subscription(this, type, sink);
    }

    /// <summary>Sends a bookmark, in order with the changes.</summary>
    public void Bookmark(Action<WatchRecord> sink)
    {
        lock (_gate)
            sink(new WatchRecord(ChangeKind.Bookmark, _version, null, null));
    }

    /// <summary>Keeps a list as it is now for the pages still to be asked for.</summary>
    public (StoredObject[] Items, long Version) Pin(ResourceType type)
    {
        lock (_gate)
        {
            if (!_snapshots.TryGetValue((type, _version), out var items))
            {
                items = [.. _collections[type].Items.Values];
                _snapshots[(type, _version)] = items;
                _snapshotOrder.Enqueue((type, _version));
                if (_snapshotOrder.Count > KeptSnapshots)
                    _snapshots.Remove(_snapshotOrder.Dequeue());
            }

            return (items, _version);
        }
    }

    public StoredObject[]? Pinned(ResourceType type, long version)
    {
        lock (_gate)
            return _snapshots.GetValueOrDefault((type, version));
    }

    /// <summary>Forgets all history, as etcd's compaction does: older watches and continue tokens get 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _snapshots.Clear();
            _snapshotOrder.Clear();
            foreach (var collection in _collections.Values)
                collection.Forget(_version);
        }
    }

    private static bool NothingHolds(JsonObject document)
    {
        var metadata = document.Map("metadata");
        return metadata.Text("deletionTimestamp") is not null
            && metadata.List("finalizers") is null or { Count: 0 }
            && (metadata.Number("deletionGracePeriodSeconds") ?? 0) == 0;
    }

    private sealed class Subscription(ObjectStore store, ResourceType type, Action<WatchRecord> sink) : IDisposable
    {
        public void Dispose()
        {
            lock (store._gate)
                store._collections[type].Remove(sink);
        }
    }
}
