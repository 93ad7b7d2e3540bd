using System.Net;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>update and patch: optimistic concurrency, what may be changed, and how patches are applied.</summary>
public abstract class UpdateConformance(ConformanceTarget target)
{
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    private string Lease => $"{target.Leases}/{_name}";

    [Fact]
    public async Task A_patch_of_an_unknown_type_is_an_unsupported_media_type()
    {
        await CreateLease();

        var (code, _) = await target.Api.Send("PATCH", Lease, new JsonObject(), "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, code);
    }

    [Fact]
    public async Task A_selector_cannot_be_changed()
    {
        var set = await target.Api.Ok("POST", target.DaemonSets, ObjectConformance.NowhereSet(_name));
        var changed = set.Copy();
        changed["metadata"]!.AsObject().Remove("resourceVersion");
        changed["spec"]!["selector"]!["matchLabels"] = new JsonObject { ["more"] = "x" };
        changed["spec"]!["template"]!["metadata"]!["labels"]!["more"] = "x";

        var (code, status) = await target.Api.Send("PUT", $"{target.DaemonSets}/{_name}", changed);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal("spec.selector", Assert.Single(status["details"]!["causes"]!.AsArray())!.String("field"));
        Assert.EndsWith("field is immutable", status.String("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_of_an_old_version_is_a_Conflict()
    {
        var lease = await CreateLease();
        var mine = lease.Copy();
        mine["spec"]!["holderIdentity"] = "me";
        await target.Api.Ok("PUT", Lease, mine);

        var (code, status) = await target.Api.Send("PUT", Lease, mine);

        ObjectConformance.AssertStatus(
            status,
            HttpStatusCode.Conflict,
            code,
            "Conflict",
            $"Operation cannot be fulfilled on leases.coordination.k8s.io \"{_name}\": the object has been modified; " +
            "please apply your changes to the latest version and try again");
    }

    [Fact]
    public async Task A_patch_that_names_an_old_version_is_a_Conflict()
    {
        var lease = await CreateLease();
        await target.Api.Ok("PATCH", Lease, Holder("a"), "application/merge-patch+json");
        var patch = Holder("b");
        patch["metadata"] = new JsonObject { ["resourceVersion"] = lease.Version() };

        var (code, status) = await target.Api.Send("PATCH", Lease, patch, "application/merge-patch+json");

        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Equal("Conflict", status.String("reason"));
    }

    [Fact]
    public async Task A_lease_cannot_be_updated_without_a_version()
    {
        var lease = (await CreateLease()).Copy();
        lease["metadata"]!.AsObject().Remove("resourceVersion");

        var (code, status) = await target.Api.Send("PUT", Lease, lease);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal("metadata.resourceVersion", Assert.Single(status["details"]!["causes"]!.AsArray())!.String("field"));
    }

    [Fact]
    public async Task An_update_that_changes_nothing_leaves_the_version()
    {
        var lease = await CreateLease();

        var same = await target.Api.Ok("PUT", Lease, lease.Copy());

        Assert.Equal(lease.Version(), same.Version());
    }

    [Fact]
    public async Task A_name_other_than_that_of_the_path_is_a_bad_request()
    {
        var lease = (await CreateLease()).Copy();
        lease["metadata"]!["name"] = "another";

        var (code, status) = await target.Api.Send("PUT", Lease, lease);

        ObjectConformance.AssertStatus(
            status, HttpStatusCode.BadRequest, code, "BadRequest", $"the name of the object (another) does not match the name on the URL ({_name})");
    }

    [Fact]
    public async Task A_merge_patch_sets_and_removes()
    {
        await CreateLease();
        await target.Api.Ok("PATCH", Lease, Holder("me"), "application/merge-patch+json");

        var lease = await target.Api.Ok("PATCH", Lease, Holder(null), "application/merge-patch+json");

        Assert.Null(lease["spec"]!["holderIdentity"]);
        Assert.Equal(15, lease["spec"]!["leaseDurationSeconds"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_JSON_patch_applies_its_operations_or_none()
    {
        await CreateLease();
        var good = new JsonArray(new JsonObject { ["op"] = "add", ["path"] = "/spec/holderIdentity", ["value"] = "me" });
        var bad = new JsonArray(new JsonObject { ["op"] = "test", ["path"] = "/spec/holderIdentity", ["value"] = "you" });

        var lease = await target.Api.Ok("PATCH", Lease, good, "application/json-patch+json");
        var (code, status) = await target.Api.Send("PATCH", Lease, bad, "application/json-patch+json");

        Assert.Equal("me", lease["spec"]!.String("holderIdentity"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Invalid"), (code, status.String("reason")));
    }

    [Fact]
    public async Task A_strategic_patch_merges_containers_by_name()
    {
        await target.Api.Ok("POST", target.DaemonSets, ObjectConformance.NowhereSet(_name));
        var patch = JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"pull","image":"other:2"}]}}}}""");

        var set = await target.Api.Ok("PATCH", $"{target.DaemonSets}/{_name}", patch, "application/strategic-merge-patch+json");

        var container = Assert.Single(set["spec"]!["template"]!["spec"]!["containers"]!.AsArray())!;
        Assert.Equal("other:2", container.String("image"));
        Assert.Equal(3, container["command"]!.AsArray().Count);
        Assert.Equal(2, set["metadata"]!["generation"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_generation_counts_changes_of_the_spec_and_the_status_is_not_the_clients()
    {
        var set = (await target.Api.Ok("POST", target.DaemonSets, ObjectConformance.NowhereSet(_name))).Copy();
        Assert.Equal(1, set["metadata"]!["generation"]!.GetValue<int>());
        var patch = JsonNode.Parse("""{"metadata":{"labels":{"more":"x"}},"status":{"numberReady":77}}""");

        var patched = await target.Api.Ok("PATCH", $"{target.DaemonSets}/{_name}", patch, "application/merge-patch+json");

        Assert.Equal(1, patched["metadata"]!["generation"]!.GetValue<int>());
        Assert.Equal(0, patched["status"]!["numberReady"]!.GetValue<int>());
        Assert.Equal("x", patched["metadata"]!["labels"]!.String("more"));
    }

    private static JsonObject Holder(string? holder) => new() { ["spec"] = new JsonObject { ["holderIdentity"] = holder } };

    private Task<JsonNode> CreateLease() => target.Api.Ok("POST", target.Leases, ObjectConformance.NewLease(_name));
}
