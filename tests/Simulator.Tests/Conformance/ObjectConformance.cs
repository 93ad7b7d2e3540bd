using System.Net;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>get and create, and the refusals.</summary>
public abstract class ObjectConformance(ConformanceTarget target)
{
    private readonly string _name = "o" + Guid.NewGuid().ToString("N")[..8];

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

        var (code, status) = await target.Api.Send("POST", target.Leases, NewLease(_name));

        AssertStatus(status, HttpStatusCode.Conflict, code, "AlreadyExists", $"leases.coordination.k8s.io \"{_name}\" already exists");
    }

    [Fact]
    public async Task A_created_object_has_uid_version_and_time_and_201()
    {
        var (code, lease) = await target.Api.Send("POST", target.Leases, NewLease(_name));

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
        var body = NewLease(_name);
        body["metadata"]!.AsObject().Remove("name");
        body["metadata"]!["generateName"] = _name + "-";

        var lease = await target.Api.Ok("POST", target.Leases, body);

        Assert.Matches($"^{_name}-[bcdfghjklmnpqrstvwxz2456789]{{5}}$", lease.Name());
    }

    [Fact]
    public async Task Nothing_can_be_created_in_a_namespace_that_is_not_there()
    {
        var (code, status) = await target.Api.Send("POST", "/apis/coordination.k8s.io/v1/namespaces/nowhere/leases", NewLease(_name));

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
        var body = NewLease(_name);
        body["kind"] = "Pod";
        body["apiVersion"] = "v1";

        var (code, status) = await target.Api.Send("POST", target.Leases, body);

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("BadRequest", status.String("reason"));
    }

    [Fact]
    public async Task A_name_that_is_no_subdomain_is_Invalid()
    {
        var body = NewLease(_name);
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

        string Refusal(string labels) =>
            $"DaemonSet.apps \"{_name}\" is invalid: spec.template.metadata.labels: Invalid value: {labels}: " +
            "`selector` does not match template `labels`";
        target.AssertWords(Refusal("""map[string]string{"app":"other"}"""), Refusal("""{"app":"other"}"""), status.String("message"));
        AssertStatus(status, HttpStatusCode.UnprocessableEntity, code, "Invalid", status.String("message"));
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
    public async Task The_server_fills_in_defaults()
    {
        var set = await target.Api.Ok("POST", target.DaemonSets, NowhereSet(_name));

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
    internal static JsonObject NowhereSet(string name) =>
        Objects.DaemonSet(name, "nothing:1", podSpec: spec => spec["nodeSelector"] = new JsonObject { ["no-such"] = "node" });

    internal static JsonObject NewLease(string name) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["leaseDurationSeconds"] = 15 },
    };

    private Task<JsonNode> CreateLease() => target.Api.Ok("POST", target.Leases, NewLease(_name));
}
