using System.Net;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>list: pages, versions and selectors.</summary>
public abstract class ListConformance(ConformanceTarget target)
{
    private readonly string _set = "s" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Pages_show_one_version_of_the_list_in_the_order_of_names()
    {
        foreach (var name in (string[])["c", "a", "e", "b", "d"])
            await Create(name);
        var selector = $"labelSelector=set%3D{_set}";

        var first = await target.Api.Get($"{target.Leases}?{selector}&limit=2");
        await Create("a-late");
        var second = await target.Api.Get($"{target.Leases}?{selector}&limit=2&continue={Token(first)}");
        var third = await target.Api.Get($"{target.Leases}?{selector}&limit=2&continue={Token(second)}");

        Assert.Equal(["a", "b", "c", "d", "e"], new[] { first, second, third }.SelectMany(page => page.Items()).Select(Short));
        Assert.Equal(first.Version(), second.Version());
        Assert.Equal(first.Version(), third.Version());
        Assert.Equal("", third["metadata"]!.String("continue"));
        Assert.Null(first["metadata"]!["remainingItemCount"]);
        Assert.Equal("LeaseList", first.String("kind"));
        Assert.Equal("coordination.k8s.io/v1", first.String("apiVersion"));
    }

    [Fact]
    public async Task A_page_without_selectors_says_how_many_remain()
    {
        foreach (var name in (string[])["a", "b", "c"])
            await Create(name);
        var all = (await target.Api.Get(target.Leases)).Items().Count;

        var page = await target.Api.Get($"{target.Leases}?limit=1");

        Assert.Single(page.Items());
        Assert.Equal(all - 1, page["metadata"]!["remainingItemCount"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_list_at_version_0_comes_whole_whatever_the_limit()
    {
        foreach (var name in (string[])["a", "b", "c"])
            await Create(name);

        await Wait.Until("the cache has all three", async () =>
            (await target.Api.Get($"{target.Leases}?labelSelector=set%3D{_set}&limit=1&resourceVersion=0")).Items().Count == 3);
    }

    [Fact]
    public async Task A_continue_token_that_the_server_never_gave_out_is_a_bad_request()
    {
        var (code, status) = await target.Api.Send("GET", $"{target.Leases}?limit=1&continue=nonsense");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("BadRequest", status.String("reason"));
        Assert.StartsWith("invalid continue token: continue key is not valid", status.String("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_the_future_is_refused_with_a_timeout()
    {
        var (code, status) = await target.Api.Send("GET", $"{target.Leases}?resourceVersion=99999999999");

        Assert.Equal(HttpStatusCode.GatewayTimeout, code);
        Assert.Equal("Timeout", status.String("reason"));
        Assert.Equal("ResourceVersionTooLarge", status["details"]!["causes"]![0]!.String("reason"));
    }

    [Theory]
    [InlineData("tier=web", "a b")]
    [InlineData("tier==web", "a b")]
    [InlineData("tier!=web", "c d")]
    [InlineData("tier in (web, db)", "a b c")]
    [InlineData("tier notin (web)", "c d")]
    [InlineData("tier", "a b c")]
    [InlineData("!tier", "d")]
    [InlineData("tier=web,env in (prod)", "a")]
    [InlineData("env=", "d")]
    public async Task Label_selectors_select(string selector, string expected)
    {
        await Create("a", ("tier", "web"), ("env", "prod"));
        await Create("b", ("tier", "web"), ("env", "test"));
        await Create("c", ("tier", "db"), ("env", "test"));
        await Create("d", ("env", ""));

        var list = await target.Api.Get($"{target.Leases}?labelSelector={Uri.EscapeDataString($"{selector},set={_set}")}");

        Assert.Equal(expected.Split(' '), list.Items().Select(Short));
    }

    [Fact]
    public async Task A_label_selector_that_cannot_be_parsed_is_a_bad_request()
    {
        var (code, status) = await target.Api.Send("GET", $"{target.Leases}?labelSelector={Uri.EscapeDataString("a in b")}");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("BadRequest", status.String("reason"));
    }

    [Fact]
    public async Task Field_selectors_select_by_name_and_namespace()
    {
        await Create("a");
        await Create("b");

        var byName = await target.Api.Get($"{target.Leases}?fieldSelector=metadata.name%3D{_set}-a");
        var everywhere = await target.Api.Get(
            $"/apis/coordination.k8s.io/v1/leases?labelSelector=set%3D{_set}&fieldSelector=metadata.namespace%3D{target.Namespace}");
        var others = await target.Api.Get($"{target.Leases}?labelSelector=set%3D{_set}&fieldSelector=metadata.name!%3D{_set}-a");

        Assert.Equal(["a"], byName.Items().Select(Short));
        Assert.Equal(["a", "b"], everywhere.Items().Select(Short));
        Assert.Equal(["b"], others.Items().Select(Short));
    }

    [Fact]
    public async Task A_field_that_cannot_be_selected_by_is_a_bad_request()
    {
        var (code, lease) = await target.Api.Send("GET", $"{target.Leases}?fieldSelector=spec.holderIdentity%3Dx");
        var (_, pod) = await target.Api.Send("GET", $"{target.Pods}?fieldSelector=spec.priority%3D1");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal(
            "\"spec.holderIdentity\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", lease.String("message"));
        Assert.Equal("field label not supported: spec.priority", pod.String("message"));
    }

    private static string Token(JsonNode page) => Uri.EscapeDataString(page["metadata"]!.String("continue"));

    private string Short(JsonNode item) => item.Name()[(_set.Length + 1)..];

    private Task<JsonNode> Create(string name, params (string Key, string Value)[] labels)
    {
        var all = new JsonObject { ["set"] = _set };
        foreach (var (key, value) in labels)
            all[key] = value;
        return target.Api.Ok("POST", target.Leases, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{_set}-{name}", ["labels"] = all },
            ["spec"] = new JsonObject { ["leaseDurationSeconds"] = 15 },
        });
    }
}
