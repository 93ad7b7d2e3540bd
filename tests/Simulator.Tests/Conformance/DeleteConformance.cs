using System.Net;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>delete, its preconditions and policies, and the garbage collector.</summary>
public abstract class DeleteConformance(ConformanceTarget target)
{
    private readonly string _name = "d" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Another_uid_than_the_objects_is_a_Conflict()
    {
        var map = await Create(_name);
        var other = Guid.NewGuid().ToString();

        var (code, status) = await target.Api.Send("DELETE", $"{target.ConfigMaps}/{_name}", Preconditions("uid", other));

        ObjectConformance.AssertStatus(
            status,
            HttpStatusCode.Conflict,
            code,
            "Conflict",
            $"Operation cannot be fulfilled on ConfigMap \"{_name}\": the UID in the precondition ({other}) does not match the UID in record " +
            $"({map.Uid()}). The object might have been deleted and then recreated");
        await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}", Preconditions("uid", map.Uid()));
    }

    [Fact]
    public async Task Another_version_than_the_objects_is_a_Conflict()
    {
        var map = await Create(_name);

        var (code, status) = await target.Api.Send("DELETE", $"{target.ConfigMaps}/{_name}", Preconditions("resourceVersion", "1"));

        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.EndsWith(
            $"the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({map.Version()}). The object might have been modified",
            status.String("message"),
            StringComparison.Ordinal);
        await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}", Preconditions("resourceVersion", map.Version()));
    }

    [Fact]
    public async Task The_answer_is_a_Success_that_names_what_was_deleted()
    {
        var map = await Create(_name);

        var status = await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}");

        Assert.Equal("Success", status.String("status"));
        Assert.Equal((_name, "configmaps", map.Uid()), (status["details"]!.String("name"), status["details"]!.String("kind"), status["details"]!.String("uid")));
        var (code, _) = await target.Api.Send("GET", $"{target.ConfigMaps}/{_name}");
        Assert.Equal(HttpStatusCode.NotFound, code);
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_removed()
    {
        await Create(_name, finalizer: "example.org/hold");

        await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}");
        var held = await target.Api.Get($"{target.ConfigMaps}/{_name}");
        await target.Api.Ok(
            "PATCH", $"{target.ConfigMaps}/{_name}", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, "application/merge-patch+json");

        Assert.NotEqual("", held["metadata"]!.String("deletionTimestamp"));
        await Gone(_name);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        await Create(_name + "-a");
        await Create(_name + "-b");

        await target.Api.Ok("DELETE", $"{target.ConfigMaps}?labelSelector=set%3D{_name}");

        Assert.Empty((await target.Api.Get($"{target.ConfigMaps}?labelSelector=set%3D{_name}")).Items());
    }

    [Fact]
    public async Task An_object_whose_owner_does_not_exist_is_collected()
    {
        await Create(_name, owner: Guid.NewGuid().ToString(), ownerName: "never-was");

        await Gone(_name);
    }

    [Fact]
    public async Task An_object_is_collected_after_its_owner()
    {
        var owner = await Create(_name + "-owner");
        await Create(_name, owner.Uid(), owner.Name());

        await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}-owner", Policy("Background"));

        await Gone(_name);
    }

    [Fact]
    public async Task An_owner_with_another_uid_is_not_the_owner()
    {
        await Create(_name + "-owner");
        await Create(_name, Guid.NewGuid().ToString(), _name + "-owner");

        await Gone(_name);
    }

    [Fact]
    public async Task An_orphan_stays_without_its_owner()
    {
        var owner = await Create(_name + "-owner");
        await Create(_name, owner.Uid(), owner.Name());
        await SeenByCollector();

        await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}-owner", Policy("Orphan"));

        await Gone(_name + "-owner");
        var orphan = await target.Api.Get($"{target.ConfigMaps}/{_name}");
        Assert.Null(orphan["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task In_the_foreground_the_owner_goes_last()
    {
        var owner = await Create(_name + "-owner");
        await Create(_name, owner.Uid(), owner.Name(), finalizer: "example.org/hold");
        await SeenByCollector();

        var answer = await target.Api.Ok("DELETE", $"{target.ConfigMaps}/{_name}-owner", Policy("Foreground"));
        await Wait.Until("the dependent is being deleted", async () =>
            (await target.Api.Get($"{target.ConfigMaps}/{_name}"))["metadata"]!["deletionTimestamp"] is not null);
        var waiting = await target.Api.Get($"{target.ConfigMaps}/{_name}-owner");
        await target.Api.Ok(
            "PATCH", $"{target.ConfigMaps}/{_name}", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, "application/merge-patch+json");

        Assert.Equal("foregroundDeletion", answer["metadata"]!["finalizers"]![0]!.GetValue<string>());
        Assert.NotEqual("", waiting["metadata"]!.String("deletionTimestamp"));
        await Gone(_name);
        await Gone(_name + "-owner");
    }

    private static JsonObject Preconditions(string field, string value) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "DeleteOptions",
        ["preconditions"] = new JsonObject { [field] = value },
    };

    private static JsonObject Policy(string policy) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "DeleteOptions",
        ["propagationPolicy"] = policy,
    };

    /// <summary>The collector works on what it has seen by watch: what it collects proves that it has seen what came before.</summary>
    private async Task SeenByCollector()
    {
        await Create(_name + "-probe", Guid.NewGuid().ToString(), "never-was");
        await Gone(_name + "-probe");
    }

    private Task Gone(string name) => Wait.Until($"{name} is gone", async () =>
        (await target.Api.Send("GET", $"{target.ConfigMaps}/{name}")).Code == HttpStatusCode.NotFound);

    private Task<JsonNode> Create(string name, string? owner = null, string? ownerName = null, string? finalizer = null)
    {
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["set"] = _name } };
        if (owner is not null)
        {
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["name"] = ownerName,
                ["uid"] = owner,
                ["blockOwnerDeletion"] = true,
            });
        }

        if (finalizer is not null)
            metadata["finalizers"] = new JsonArray(finalizer);
        return target.Api.Ok("POST", target.ConfigMaps, new JsonObject { ["metadata"] = metadata });
    }
}
