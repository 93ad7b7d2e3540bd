using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Adapters;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Host.Tests.Adapters;

public class PullDaemonSetSleeperTests
{
    private static readonly JsonSerializerOptions AsKubernetes = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly OwnerReference Owner = new("apps/v1", "Deployment", "cachemachine", "u-1");

    private static readonly MachineSpec Machine = new()
    {
        Name = "lab",
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k8s", "worker"),
    };

    [Fact]
    public async Task With_a_sleeper_the_DaemonSet_is_the_golden_one()
    {
        var built = Build(Machine, new SleeperImage("registry.example.org/cachemachine:2.0.0", ["own-secret", "pull-secret"]));

        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Adapters", "golden", "sleeper.json"));
        Assert.Equal(Normal(JsonNode.Parse(golden)), Normal(JsonSerializer.SerializeToNode(built, AsKubernetes)));
    }

    [Fact]
    public void Without_a_sleeper_there_is_no_trace_of_one()
    {
        var pod = Build(Machine, null).Spec!.Template.Spec;

        Assert.Null(pod.InitContainers);
        Assert.Null(pod.Volumes);
        Assert.Null(Assert.Single(pod.Containers).VolumeMounts);
        Assert.Equal("/bin/sh", pod.Containers[0].Command![0]);
    }

    [Fact]
    public void Every_container_has_the_resources_that_the_machine_asks_for()
    {
        var resources = new PodResources(
            ImmutableSortedDictionary<string, string>.Empty.Add("cpu", "10m"), ImmutableSortedDictionary<string, string>.Empty.Add("memory", "64Mi"));

        var pod = Build(Machine with { PodResources = resources }, new SleeperImage("x:1", [])).Spec!.Template.Spec;

        Assert.All(pod.InitContainers!.Concat(pod.Containers), container =>
        {
            Assert.Equal("10m", container.Resources!.Requests!["cpu"]);
            Assert.Equal("64Mi", container.Resources.Limits!["memory"]);
        });
    }

    private static DaemonSet Build(MachineSpec machine, SleeperImage? sleeper) => PullDaemonSet.Build(
        new PullOrder("lab-0a1b2c3d4e", "lsstsqre/sciplat-lab:w_2021_22", "IfNotPresent", PullTargets.Everywhere, machine),
        "cachemachine", Owner, "pull-secret", sleeper);

    // Members sorted: their order means nothing.
    private static string Normal(JsonNode? node) => Sorted(node)?.ToJsonString() ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
