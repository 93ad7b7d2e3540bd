using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>The DaemonSet controller: which nodes get a pod, and what the pods look like.</summary>
public abstract class DaemonSetConformance(ConformanceTarget target)
{
    private readonly string _name = "s" + Guid.NewGuid().ToString("N")[..8];

    private string Set => $"{target.DaemonSets}/{_name}";

    [Fact]
    public async Task Every_eligible_node_gets_one_pod_pinned_to_it()
    {
        var set = await Create();

        var pods = await PodsOn(target.Nodes);

        Assert.All(pods, pod =>
        {
            var metadata = pod["metadata"]!;
            Assert.Matches($"^{_name}-[bcdfghjklmnpqrstvwxz2456789]{{5}}$", pod.Name());
            Assert.Equal(_name + "-", metadata.String("generateName"));
            Assert.Equal(_name, metadata["labels"]!.String("app"));
            Assert.NotEqual("", metadata["labels"]!.String("controller-revision-hash"));
            Assert.Equal("1", metadata["labels"]!.String("pod-template-generation"));
            var owner = Assert.Single(metadata["ownerReferences"]!.AsArray())!;
            Assert.Equal(("apps/v1", "DaemonSet", _name, set.Uid()), (owner.String("apiVersion"), owner.String("kind"), owner.String("name"), owner.String("uid")));
            Assert.True(owner["controller"]!.GetValue<bool>());
            Assert.True(owner["blockOwnerDeletion"]!.GetValue<bool>());
            var affinity = pod["spec"]!["affinity"]!["nodeAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]!;
            Assert.Equal(
                $$"""[{"matchFields":[{"key":"metadata.name","operator":"In","values":["{{pod["spec"]!.String("nodeName")}}"]}]}]""",
                affinity["nodeSelectorTerms"]!.ToJsonString());
            var keys = pod["spec"]!["tolerations"]!.AsArray().Select(toleration => $"{toleration!.String("key")}:{toleration!.String("effect")}").Order();
            Assert.Equal(
                [
                    "node.kubernetes.io/disk-pressure:NoSchedule", "node.kubernetes.io/memory-pressure:NoSchedule",
                    "node.kubernetes.io/not-ready:NoExecute", "node.kubernetes.io/pid-pressure:NoSchedule",
                    "node.kubernetes.io/unreachable:NoExecute", "node.kubernetes.io/unschedulable:NoSchedule",
                ],
                keys);
        });
        await Wait.Until("the status counts the nodes", async () =>
        {
            var status = (await target.Api.Get(Set))["status"]!;
            return Count(status, "desiredNumberScheduled") == target.Nodes.Count
                && Count(status, "currentNumberScheduled") == target.Nodes.Count
                && Count(status, "updatedNumberScheduled") == target.Nodes.Count
                && Count(status, "numberReady") == target.Nodes.Count
                && Count(status, "numberAvailable") == target.Nodes.Count
                && Count(status, "numberMisscheduled") == 0
                && Count(status, "observedGeneration") == 1
                && status["numberUnavailable"] is null;
        });
    }

    [Fact]
    public async Task Without_a_matching_node_there_is_no_pod_and_the_status_says_so()
    {
        await Create(spec => spec["nodeSelector"] = new JsonObject { ["no-such"] = "label" });

        await Wait.Until("the controller has looked", async () => Count((await target.Api.Get(Set))["status"]!, "observedGeneration") == 1);

        Assert.Empty(await Pods());
        Assert.Equal(0, Count((await target.Api.Get(Set))["status"]!, "desiredNumberScheduled"));
    }

    [Fact]
    public async Task The_pods_go_with_the_DaemonSet()
    {
        await Create();
        await PodsOn(target.Nodes);

        var answer = await target.Api.Ok("DELETE", Set);

        Assert.Equal("Success", answer.String("status"));
        await PodsOn([]);
    }

    [Fact]
    public async Task A_deleted_pod_is_replaced()
    {
        await Create();
        var pods = await PodsOn(target.Nodes);

        await target.Api.Ok("DELETE", $"{target.Pods}/{pods[0].Name()}");

        await Wait.Until("another pod is there", async () =>
            (await Pods()).Count(pod => pods.All(old => old.Uid() != pod.Uid())) == 1 && (await Pods()).Count == target.Nodes.Count);
    }

    [Fact]
    public async Task With_OnDelete_a_change_of_the_node_affinity_adds_and_removes_pods_and_leaves_the_others()
    {
        var (first, second) = (target.Nodes[0], target.Nodes[1]);
        await Create(spec => spec["affinity"] = OnlyOn(first));
        var before = await PodsOn([first]);

        await SetAffinity(OnlyOn(first, second));
        var both = await PodsOn([first, second]);
        await SetAffinity(OnlyOn(second));
        var after = await PodsOn([second]);

        Assert.Contains(before[0].Uid(), both.Select(pod => pod.Uid()));
        Assert.Contains(after[0].Uid(), both.Select(pod => pod.Uid()));
        Assert.Equal("2", after[0]["metadata"]!["labels"]!.String("pod-template-generation"));
    }

    [Fact]
    public async Task With_RollingUpdate_a_change_of_the_template_replaces_the_pods()
    {
        await Create(strategy: "RollingUpdate");
        var before = await PodsOn(target.Nodes);
        await Ready();

        await Patch($"{target.DaemonSets}/{_name}", """{"spec":{"template":{"metadata":{"labels":{"more":"x"}}}}}""");

        await Wait.Until("all pods are new", async () =>
        {
            var pods = await Pods();
            return pods.Count == target.Nodes.Count && pods.All(pod => pod["metadata"]!["labels"]!.String("more") == "x");
        });
        Assert.Empty((await Pods()).Select(pod => pod.Uid()).Intersect(before.Select(pod => pod.Uid())));
    }

    [Fact]
    public async Task A_cordoned_node_gets_its_pod_all_the_same()
    {
        var node = $"/api/v1/nodes/{target.Nodes[0]}";
        await Patch(node, """{"spec":{"unschedulable":true}}""");
        try
        {
            await Wait.Until("the node is tainted", async () =>
                (await target.Api.Get(node))["spec"]!["taints"]?.AsArray().Any(taint => taint!.String("key") == "node.kubernetes.io/unschedulable") == true);
            await Create(spec => spec["affinity"] = OnlyOn(target.Nodes[0]));

            await PodsOn([target.Nodes[0]]);
        }
        finally
        {
            await Patch(node, """{"spec":{"unschedulable":null}}""");
            await Wait.Until("the taint is gone", async () => (await target.Api.Get(node))["spec"]!["taints"] is null);
        }
    }

    [Fact]
    public async Task A_tainted_node_gets_a_pod_only_if_it_is_tolerated()
    {
        var (tainted, free) = (target.Nodes[0], target.Nodes[1]);
        await Patch($"/api/v1/nodes/{tainted}", """{"spec":{"taints":[{"key":"conformance","value":"x","effect":"NoSchedule"}]}}""");
        try
        {
            await Create();
            await PodsOn([free]);

            await Patch(Set, """{"spec":{"template":{"spec":{"tolerations":[{"key":"conformance","operator":"Exists","effect":"NoSchedule"}]}}}}""");

            await PodsOn([tainted, free]);
        }
        finally
        {
            await Patch($"/api/v1/nodes/{tainted}", """{"spec":{"taints":null}}""");
        }
    }

    [Fact]
    public async Task A_label_of_a_node_brings_and_takes_its_pod()
    {
        var node = $"/api/v1/nodes/{target.Nodes[0]}";
        await Create(spec => spec["nodeSelector"] = new JsonObject { ["conformance/" + _name] = "yes" });

        await Patch(node, $$$$"""{"metadata":{"labels":{"conformance/{{{{_name}}}}":"yes"}}}""");
        await PodsOn([target.Nodes[0]]);
        await Patch(node, $$$$"""{"metadata":{"labels":{"conformance/{{{{_name}}}}":null}}}""");
        await PodsOn([]);
    }

    [Fact]
    public async Task Pods_are_listed_by_their_node()
    {
        await Create();
        await PodsOn(target.Nodes);

        var pods = await target.Api.Get($"/api/v1/pods?labelSelector=app%3D{_name}&fieldSelector=spec.nodeName%3D{target.Nodes[1]}");

        Assert.Equal(target.Nodes[1], Assert.Single(pods.Items())["spec"]!.String("nodeName"));
    }

    private static long Count(JsonNode status, string field) => status[field]?.GetValue<long>() ?? 0;

    private static JsonObject OnlyOn(params string[] nodes) => new()
    {
        ["nodeAffinity"] = new JsonObject
        {
            ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
            {
                ["nodeSelectorTerms"] = new JsonArray([.. nodes.Select(node => (JsonNode)new JsonObject
                {
                    ["matchFields"] = new JsonArray(new JsonObject
                    {
                        ["key"] = "metadata.name",
                        ["operator"] = "In",
                        ["values"] = new JsonArray(node),
                    }),
                })]),
            },
        },
    };

    private Task<JsonNode> Patch(string path, string patch) =>
        target.Api.Ok("PATCH", path, JsonNode.Parse(patch), "application/merge-patch+json");

    private Task<JsonNode> SetAffinity(JsonObject affinity) => target.Api.Ok(
        "PATCH",
        Set,
        new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["affinity"] = affinity } } } },
        "application/merge-patch+json");

    private async Task<JsonNode> Create(Action<JsonObject>? podSpec = null, string strategy = "OnDelete")
    {
        var set = Objects.DaemonSet(_name, target.Image("shell:1"), podSpec: podSpec);
        set["spec"]!["updateStrategy"]!["type"] = strategy;
        return await target.Api.Ok("POST", target.DaemonSets, set);
    }

    private Task Ready() => Wait.Until("all pods are ready", async () =>
        Count((await target.Api.Get(Set))["status"]!, "numberReady") == target.Nodes.Count);

    private async Task<IReadOnlyList<JsonNode>> Pods() => (await target.Api.Get($"{target.Pods}?labelSelector=app%3D{_name}")).Items();

    private async Task<IReadOnlyList<JsonNode>> PodsOn(IReadOnlyList<string> nodes) =>
        await Wait.For($"pods exactly on [{string.Join(' ', nodes)}]", async () =>
        {
            var pods = await Pods();
            return pods.Select(pod => pod["spec"]!.String("nodeName")).Order().SequenceEqual(nodes.Order()) ? pods : null;
        });
}
