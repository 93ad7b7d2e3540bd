using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>watch: what comes, in which order, and how it ends.</summary>
public abstract class WatchConformance(ConformanceTarget target)
{
    private readonly string _set = "w" + Guid.NewGuid().ToString("N")[..8];

    private string Selected => $"{target.Leases}?watch=true&labelSelector=set%3D{_set}";

    [Fact]
    public async Task A_watch_from_a_lists_version_gets_all_later_changes_in_order()
    {
        await Create("before");
        var list = await target.Api.Get(target.Leases);
        var created = await Create("x");
        await Patch("x", new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "me" } });
        await target.Api.Ok("DELETE", $"{target.Leases}/{_set}-x");

        using var watch = await WatchReader.Open(target.Api, $"{Selected}&resourceVersion={list.Version()}");
        var frames = new[] { await watch.Next(), await watch.Next(), await watch.Next() };

        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], frames.Select(frame => frame!.Value.Type));
        Assert.All(frames, frame => Assert.Equal(created.Uid(), frame!.Value.Object.Uid()));
        Assert.Equal("me", frames[2]!.Value.Object["spec"]!.String("holderIdentity"));
        var versions = frames.Select(frame => long.Parse(frame!.Value.Object.Version(), null)).ToList();
        Assert.Equal(versions.Distinct().Order(), versions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&resourceVersion=0")]
    public async Task A_watch_without_a_version_starts_with_what_there_is(string version)
    {
        await Create("a");
        await Create("b");
        await Wait.Until("the cache has both", async () =>
            (await target.Api.Get($"{target.Leases}?labelSelector=set%3D{_set}&resourceVersion=0")).Items().Count == 2);

        using var watch = await WatchReader.Open(target.Api, Selected + version);
        var first = await watch.Next();
        var second = await watch.Next();
        await Create("c");
        var third = await watch.Next();

        Assert.Equal(["ADDED", "ADDED", "ADDED"], new[] { first, second, third }.Select(frame => frame!.Value.Type));
        Assert.Equal([$"{_set}-a", $"{_set}-b"], new[] { first, second }.Select(frame => frame!.Value.Object.Name()).Order());
        Assert.Equal($"{_set}-c", third!.Value.Object.Name());
    }

    [Fact]
    public async Task An_object_that_stops_to_match_is_DELETED_and_one_that_starts_to_match_is_ADDED()
    {
        var created = await Create("x");
        using var watch = await WatchReader.Open(target.Api, $"{Selected}&resourceVersion={created.Version()}");

        var left = await Patch("x", Labels(new JsonObject { ["set"] = "other" }));
        var gone = await watch.Next();
        await Patch("x", new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "unseen" } });
        await Patch("x", Labels(new JsonObject { ["set"] = _set }));
        var back = await watch.Next();

        Assert.Equal("DELETED", gone!.Value.Type);
        Assert.Equal(_set, gone.Value.Object["metadata"]!["labels"]!.String("set"));
        Assert.Equal(left.Version(), gone.Value.Object.Version());
        Assert.Equal("ADDED", back!.Value.Type);
        Assert.Equal("unseen", back.Value.Object["spec"]!.String("holderIdentity"));
    }

    [Fact]
    public async Task One_object_can_be_watched_by_its_name()
    {
        var x = await Create("x");
        using var watch = await WatchReader.Open(
            target.Api, $"{target.Leases}?watch=1&fieldSelector=metadata.name%3D{_set}-x&resourceVersion={x.Version()}");
        await Create("y");
        await Patch("x", new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "me" } });

        var frame = await watch.Next();

        Assert.Equal(("MODIFIED", $"{_set}-x"), (frame!.Value.Type, frame.Value.Object.Name()));
    }

    [Fact]
    public async Task A_version_that_is_too_old_is_gone()
    {
        await Create("x");
        var forgotten = target.ForgetHistory();

        using var watch = await WatchReader.Open(target.Api, $"{Selected}&resourceVersion=1");

        if (watch.Code == 410)
            return;
        var frame = await watch.Next();
        if (!forgotten && frame!.Value.Type != "ERROR")
        {
            Assert.Equal($"{_set}-x", frame.Value.Object.Name());
            return;
        }

        Assert.Equal("ERROR", frame!.Value.Type);
        Assert.Equal("Status", frame.Value.Object.String("kind"));
        Assert.Equal(410, frame.Value.Object["code"]!.GetValue<int>());
        Assert.Equal("Expired", frame.Value.Object.String("reason"));
        Assert.Null(await watch.Next());
    }

    [Fact]
    public async Task A_watch_ends_quietly_at_its_timeout_and_bookmarks_carry_a_version_only()
    {
        var created = await Create("x");
        using var watch = await WatchReader.Open(
            target.Api, $"{Selected}&resourceVersion={created.Version()}&allowWatchBookmarks=true&timeoutSeconds=4");

        while (await watch.Frame() is { } frame)
        {
            Assert.Equal("BOOKMARK", frame.Type);
            Assert.Equal("Lease", frame.Object.String("kind"));
            Assert.True(long.Parse(frame.Object.Version(), null) >= long.Parse(created.Version(), null));
            Assert.Equal("", frame.Object.Name());
        }
    }

    private static JsonObject Labels(JsonObject labels) => new() { ["metadata"] = new JsonObject { ["labels"] = labels } };

    private Task<JsonNode> Create(string name) => target.Api.Ok("POST", target.Leases, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = $"{_set}-{name}", ["labels"] = new JsonObject { ["set"] = _set } },
    });

    private Task<JsonNode> Patch(string name, JsonObject patch) =>
        target.Api.Ok("PATCH", $"{target.Leases}/{_set}-{name}", patch, "application/merge-patch+json");
}
