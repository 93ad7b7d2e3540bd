using System.Text.Json.Nodes;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Tests.Store;

public sealed class ObjectStoreTests
{
    private readonly List<WatchRecord> _seen = [];

    [Fact]
    public void A_watch_resumes_from_any_version_that_is_still_known()
    {
        var store = new ObjectStore();
        var first = Create(store, "a");
        Create(store, "b");
        Create(store, "c");

        using var watch = store.Subscribe(ResourceType.ConfigMaps, first.Version, _seen.Add);

        Assert.Equal(["b", "c"], _seen.Select(record => record.Object.Name));
    }

    [Fact]
    public void A_watch_from_before_the_window_is_gone()
    {
        var store = new ObjectStore(historyLimit: 2);
        var first = Create(store, "a");
        var second = Create(store, "b");
        Create(store, "c");
        Create(store, "d");

        var refusal = Assert.Throws<ApiException>(() => store.Subscribe(ResourceType.ConfigMaps, first.Version, _seen.Add));
        using var watch = store.Subscribe(ResourceType.ConfigMaps, second.Version, _seen.Add);

        Assert.Equal((410, "Expired"), (refusal.Code, refusal.Reason));
        Assert.Equal(2, _seen.Count);
    }

    [Fact]
    public void Compaction_ends_what_came_before_and_not_what_comes_after()
    {
        var store = new ObjectStore();
        var old = Create(store, "a");
        var last = Create(store, "b");
        var (_, pinned) = store.Pin(ResourceType.ConfigMaps);

        store.Compact();

        Assert.Throws<ApiException>(() => store.Subscribe(ResourceType.ConfigMaps, old.Version, _seen.Add));
        Assert.Null(store.Pinned(ResourceType.ConfigMaps, pinned));
        using var watch = store.Subscribe(ResourceType.ConfigMaps, last.Version, _seen.Add);
        Create(store, "c");
        Assert.Equal("c", Assert.Single(_seen).Object.Name);
    }

    [Fact]
    public void Versions_rise_over_all_types_and_an_update_without_a_difference_has_none()
    {
        var store = new ObjectStore();
        var a = Create(store, "a");
        var b = store.Create(ResourceType.Secrets, Document("b"));

        var same = store.Update(ResourceType.ConfigMaps, "ns", "a", (_, _) => { });
        var changed = store.Update(ResourceType.ConfigMaps, "ns", "a", (document, _) => document["data"] = new JsonObject { ["k"] = "v" });

        Assert.True(b.Version > a.Version);
        Assert.Same(a, same);
        Assert.True(changed.Version > b.Version);
    }

    [Fact]
    public void An_unsubscribed_watcher_hears_nothing_more()
    {
        var store = new ObjectStore();
        store.Subscribe(ResourceType.ConfigMaps, null, _seen.Add).Dispose();

        Create(store, "a");

        Assert.Empty(_seen);
    }

    [Fact]
    public void Concurrent_writers_lose_no_update()
    {
        var store = new ObjectStore();
        Create(store, "a");

        Parallel.For(0, 500, _ => store.Update(ResourceType.ConfigMaps, "ns", "a", (document, _) =>
            document["count"] = (document.Number("count") ?? 0) + 1));

        Assert.Equal(500, store.Get(ResourceType.ConfigMaps, "ns", "a")!.Parse().Number("count"));
    }

    private static StoredObject Create(ObjectStore store, string name) => store.Create(ResourceType.ConfigMaps, Document(name));

    private static JsonObject Document(string name) => new() { ["metadata"] = new JsonObject { ["namespace"] = "ns", ["name"] = name, ["uid"] = name } };
}
