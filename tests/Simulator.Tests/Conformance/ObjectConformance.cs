using System.Net;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>create, update, patch and the refusals.</summary>
public abstract class ObjectConformance(ConformanceTarget target)
{
    private readonly string _name = "o" + Guid.NewGuid().ToString("N")[..8];

    private string Lease => $"{target.Leases}/{_name}";

    [Fact]
    public async Task What_is_not_there_is_NotFound()
    {
        var (code, status) = await target.Api.Send("GET", $"{target.DaemonSets}/nothing");

        AssertStatus(status, HttpStatusCode.NotFound, code, "NotFound", "daemonsets.apps \"nothing\" not found");
        Assert.Equal("nothing", status["details"]!.String("name"));
        Assert.Equal("apps", status["details"]!.String("group"));
        Assert.Equal("daemonsets", status["details"]!.String("kind"));
    }

    [Fact]
    public async Task A_resource_that_the_server_does_not_have_is_NotFound()
    {
        using var response = await target.Api.Http.GetAsync(new Uri("/apis/example.org/v1/things", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task What_is_there_already_is_AlreadyExists()
    {
        await CreateLease();

        var (code, status) = await target.Api.Send("POST", target.Leases, NewLease());

        AssertStatus(status, HttpStatusCode.Conflict, code, "AlreadyExists", $"leases.coordination.k8s.io \"{_name}\" already exists");
    }

    [Fact]
    public async Task A_created_object_has_uid_version_and_time_and_201()
    {
        var (code, lease) = await target.Api.Send("POST", target.Leases, NewLease());

        Assert.Equal(HttpStatusCode.Created, code);
        Assert.True(Guid.TryParse(lease.Uid(), out _));
        Assert.True(long.Parse(lease.Version(), null) > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", lease["metadata"]!.String("creationTimestamp"));
        Assert.Equal(target.Namespace, lease["metadata"]!.String("namespace"));
        Assert.Equal("Lease", lease.String("kind"));
    }

    [Fact]
    public async Task A_generated_name_is_the_prefix_and_five_characters()
    {
        var body = NewLease();
        body["metadata"]!.AsObject().Remove("name");
        body["metadata"]!["generateName"] = _name + "-";

        var lease = await target.Api.Ok("POST", target.Leases, body);

        Assert.Matches($"^{_name}-[bcdfghjklmnpqrstvwxz2456789]{{5}}$", lease.Name());
    }

    [Fact]
    public async Task Nothing_can_be_created_in_a_namespace_that_is_not_there()
    {
        var (code, status) = await target.Api.Send("POST", "/apis/coordination.k8s.io/v1/namespaces/nowhere/leases", NewLease());

        AssertStatus(status, HttpStatusCode.NotFound, code, "NotFound", "namespaces \"nowhere\" not found");
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_a_bad_request()
    {
        using var content = new StringContent("{", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await target.Api.Http.PostAsync(new Uri(target.Leases, UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("BadRequest", status.String("reason"));
    }

    [Fact]
    public async Task A_body_of_another_kind_is_a_bad_request()
    {
        var body = NewLease();
        body["kind"] = "Pod";
        body["apiVersion"] = "v1";

        var (code, status) = await target.Api.Send("POST", target.Leases, body);

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("BadRequest", status.String("reason"));
    }

    [Fact]
    public async Task A_patch_of_an_unknown_type_is_an_unsupported_media_type()
    {
        await CreateLease();

        var (code, _) = await target.Api.Send("PATCH", Lease, new JsonObject(), "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, code);
    }

    [Fact]
    public async Task A_name_that_is_no_subdomain_is_Invalid()
    {
        var body = NewLease();
        body["metadata"]!["name"] = "Not_A_Name";

        var (code, status) = await target.Api.Send("POST", target.Leases, body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.StartsWith(
            "Lease.coordination.k8s.io \"Not_A_Name\" is invalid: metadata.name: Invalid value: \"Not_A_Name\": ",
            status.String("message"),
            StringComparison.Ordinal);
        Assert.Equal("metadata.name", Assert.Single(status["details"]!["causes"]!.AsArray())!.String("field"));
    }

    [Fact]
    public async Task A_template_that_the_selector_does_not_match_is_Invalid()
    {
        var set = Objects.DaemonSet(_name, "x");
        set["spec"]!["template"]!["metadata"]!["labels"]!["app"] = "other";

        var (code, status) = await target.Api.Send("POST", target.DaemonSets, set);

        AssertStatus(
            status,
            HttpStatusCode.UnprocessableEntity,
            code,
            "Invalid",
            $"DaemonSet.apps \"{_name}\" is invalid: spec.template.metadata.labels: Invalid value: " +
            "map[string]string{\"app\":\"other\"}: `selector` does not match template `labels`");
        var cause = Assert.Single(status["details"]!["causes"]!.AsArray())!;
        Assert.Equal(("FieldValueInvalid", "spec.template.metadata.labels"), (cause.String("reason"), cause.String("field")));
        Assert.Equal("DaemonSet", status["details"]!.String("kind"));
    }

    [Fact]
    public async Task All_faults_of_a_DaemonSet_are_named_at_once()
    {
        var set = Objects.DaemonSet(_name, "x");
        set["spec"]!.AsObject().Remove("selector");
        set["spec"]!["template"]!["spec"] = JsonNode.Parse("""
            {
              "restartPolicy": "Never",
              "containers": [{"name": "a", "image": ""}],
              "nodeSelector": {"a": "not a value"},
              "tolerations": [{"operator": "Equal"}],
              "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1", "n2"]}]}
              ]}}}
            }
            """);
        const string terms = "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";

        var (code, status) = await target.Api.Send("POST", target.DaemonSets, set);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        var fields = status["details"]!["causes"]!.AsArray().Select(cause => (cause!.String("reason"), cause!.String("field"))).ToList();
        Assert.Equal(
            [
                ("FieldValueInvalid", "spec.template.metadata.labels"),
                ("FieldValueRequired", "spec.template.spec.containers[0].image"),
                ("FieldValueInvalid", "spec.template.spec.nodeSelector"),
                ("FieldValueRequired", $"{terms}[0].matchFields[0].values"),
                ("FieldValueInvalid", "spec.template.spec.tolerations[0].operator"),
                ("FieldValueNotSupported", "spec.template.spec.restartPolicy"),
            ],
            fields);
    }

    [Fact]
    public async Task A_selector_cannot_be_changed()
    {
        var set = await target.Api.Ok("POST", target.DaemonSets, NowhereSet());
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

        AssertStatus(
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

        AssertStatus(
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
        await target.Api.Ok("POST", target.DaemonSets, NowhereSet());
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
        var set = (await target.Api.Ok("POST", target.DaemonSets, NowhereSet())).Copy();
        Assert.Equal(1, set["metadata"]!["generation"]!.GetValue<int>());
        var patch = JsonNode.Parse("""{"metadata":{"labels":{"more":"x"}},"status":{"numberReady":77}}""");

        var patched = await target.Api.Ok("PATCH", $"{target.DaemonSets}/{_name}", patch, "application/merge-patch+json");

        Assert.Equal(1, patched["metadata"]!["generation"]!.GetValue<int>());
        Assert.Equal(0, patched["status"]!["numberReady"]!.GetValue<int>());
        Assert.Equal("x", patched["metadata"]!["labels"]!.String("more"));
    }

    [Fact]
    public async Task The_server_fills_in_defaults()
    {
        var set = await target.Api.Ok("POST", target.DaemonSets, NowhereSet());

        var pod = set["spec"]!["template"]!["spec"]!;
        Assert.Equal("Always", pod.String("restartPolicy"));
        Assert.Equal("ClusterFirst", pod.String("dnsPolicy"));
        Assert.Equal("default-scheduler", pod.String("schedulerName"));
        Assert.Equal("IfNotPresent", pod["containers"]![0]!.String("imagePullPolicy"));
        Assert.Equal("/dev/termination-log", pod["containers"]![0]!.String("terminationMessagePath"));
        Assert.Equal(10, set["spec"]!["revisionHistoryLimit"]!.GetValue<int>());
    }

    [Fact]
    public async Task Events_are_found_by_the_object_they_are_about()
    {
        await target.Api.Ok("POST", target.Events, new JsonObject
        {
            ["metadata"] = new JsonObject { ["generateName"] = _name + "-" },
            ["involvedObject"] = new JsonObject { ["kind"] = "DaemonSet", ["name"] = _name, ["namespace"] = target.Namespace },
            ["reason"] = "Pulled",
            ["message"] = "for the test",
            ["type"] = "Normal",
            ["source"] = new JsonObject { ["component"] = "conformance" },
        });

        var found = await target.Api.Get($"{target.Events}?fieldSelector=involvedObject.name%3D{_name}");

        Assert.Equal("for the test", Assert.Single(found.Items()).String("message"));
    }

    internal static void AssertStatus(JsonNode status, HttpStatusCode expected, HttpStatusCode actual, string reason, string message)
    {
        Assert.Equal(expected, actual);
        Assert.Equal("Status", status.String("kind"));
        Assert.Equal("v1", status.String("apiVersion"));
        Assert.Equal("Failure", status.String("status"));
        Assert.Equal(reason, status.String("reason"));
        Assert.Equal(message, status.String("message"));
        Assert.Equal((int)expected, status["code"]!.GetValue<int>());
    }

    /// <summary>A DaemonSet whose pods no node can take, so that only the API is tested.</summary>
    private JsonObject NowhereSet() =>
        Objects.DaemonSet(_name, "nothing:1", podSpec: spec => spec["nodeSelector"] = new JsonObject { ["no-such"] = "node" });

    private static JsonObject Holder(string? holder) => new() { ["spec"] = new JsonObject { ["holderIdentity"] = holder } };

    private JsonObject NewLease() => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = _name },
        ["spec"] = new JsonObject { ["leaseDurationSeconds"] = 15 },
    };

    private Task<JsonNode> CreateLease() => target.Api.Ok("POST", target.Leases, NewLease());
}
