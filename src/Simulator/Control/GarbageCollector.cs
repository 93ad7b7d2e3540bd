using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>
/// Deletes what is owned only by what does not exist (any more), and carries out the Foreground and Orphan policies. An owner of a kind that
/// the server does not know is left alone: the real collector cannot look it up either.
/// </summary>
internal sealed class GarbageCollector(ResourceService resources) : ControlLoop(resources, [.. ResourceType.All])
{
    private readonly Dictionary<string, StoredObject> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _check = new(StringComparer.Ordinal);

    protected override void Handle(WatchRecord record)
    {
        var item = record.Object;
        var before = _byUid.GetValueOrDefault(item.Uid);
        foreach (var owner in before?.Owners ?? [])
            _dependents.GetValueOrDefault(owner.Uid)?.Remove(item.Uid);
        if (record.Kind == ChangeKind.Deleted)
        {
            _byUid.Remove(item.Uid);
            _check.UnionWith(_dependents.GetValueOrDefault(item.Uid) ?? []);
            foreach (var owner in item.Owners)
                _check.Add(owner.Uid);
            return;
        }

        _byUid[item.Uid] = item;
        foreach (var owner in item.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var others))
                _dependents[owner.Uid] = others = new HashSet<string>(StringComparer.Ordinal);
            others.Add(item.Uid);
        }

        var owned = item.Owners.Count > 0 && (before is null || !before.Owners.SequenceEqual(item.Owners));
        if (owned || item.Deleting)
            _check.Add(item.Uid);
    }

    protected override void Settle()
    {
        var work = _check.ToList();
        _check.Clear();
        foreach (var uid in work)
        {
            if (!_byUid.TryGetValue(uid, out var item))
                continue;
            if (item.Deleting)
                Finalize(item);
            else if (item.Owners.Count > 0)
                CheckOwners(item);
        }
    }

    private void CheckOwners(StoredObject item)
    {
        var missing = item.Owners.Where(owner => !Exists(item, owner)).ToList();
        if (missing.Count == 0)
            return;
        if (missing.Count == item.Owners.Count)
        {
            DeleteIfThere(item, new DeleteOptions("Background"));
            return;
        }

        Resources.Store.TryUpdate(item, document => DropOwners(document, [.. missing.Select(owner => owner.Uid)]));
    }

    private bool Exists(StoredObject dependent, OwnerReference owner)
    {
        if (ResourceType.FindKind(owner.ApiVersion, owner.Kind) is not { } type)
            return true;
        return Resources.Store.Get(type, dependent.Namespace, owner.Name) is { } found && found.Uid == owner.Uid;
    }

    private void Finalize(StoredObject item)
    {
        var finalizers = item.Parse().Texts("metadata", "finalizers").ToHashSet();
        var dependents = (_dependents.GetValueOrDefault(item.Uid) ?? []).Select(uid => _byUid.GetValueOrDefault(uid)).OfType<StoredObject>().ToList();
        if (finalizers.Contains(ResourceService.Orphan))
        {
            foreach (var dependent in dependents)
                Resources.Store.TryUpdate(dependent, document => DropOwners(document, [item.Uid]));
            DropFinalizer(item, ResourceService.Orphan);
        }
        else if (finalizers.Contains(ResourceService.Foreground))
        {
            foreach (var dependent in dependents.Where(dependent => !dependent.Deleting))
                DeleteIfThere(dependent, new DeleteOptions());
            if (!dependents.Any(dependent => dependent.Owners.Any(owner => owner.Uid == item.Uid && owner.Blocks)))
                DropFinalizer(item, ResourceService.Foreground);
        }
    }

    private void DropFinalizer(StoredObject item, string finalizer) => Resources.Store.TryUpdate(item, document =>
        document.Meta()["finalizers"] = Json.ToList(document.Texts("metadata", "finalizers").Where(other => other != finalizer)));

    private static void DropOwners(JsonObject document, HashSet<string> uids)
    {
        var kept = document.Maps("metadata", "ownerReferences").Where(owner => !uids.Contains(owner.Text("uid") ?? "")).ToList();
        if (kept.Count == 0)
            document.Meta().Remove("ownerReferences");
        else
            document.Meta()["ownerReferences"] = new JsonArray([.. kept.Select(owner => owner.DeepClone())]);
    }
}
