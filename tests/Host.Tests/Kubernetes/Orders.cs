using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Orders for DaemonSets.</summary>
internal static class Orders
{
    public static PullOrder Plain(string image = "registry.example:5000/lab:w_1", params string[] nodes) => new(
        "jupyter-0123456789", image, "IfNotPresent", nodes.Length == 0 ? PullTargets.Everywhere : PullTargets.On(nodes), new MachineSpec { Name = "jupyter" });

    public static PullOrder WithEverything { get; } = new(
        "jupyter-0123456789", "registry.example:5000/lab:w_1", "Always", PullTargets.On(["n2", "n1"]), new MachineSpec
        {
            Name = "jupyter",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k8s.example/role", "worker").Add("zone", "a"),
            NodeSelectorTerms = [new([new("size", "Gt", ["3"]), new("gpu", "Exists", [])]), new([new("zone", "NotIn", ["b", "c"])])],
            Tolerations = [new("dedicated", "Equal", "notebooks", "NoSchedule"), new("", "Exists", "", "")],
            ImagePullSecrets = ["own-secret", "pull-secret"],
            PriorityClass = "low",
            PodResources = new(
                ImmutableSortedDictionary<string, string>.Empty.Add("cpu", "10m"), ImmutableSortedDictionary<string, string>.Empty.Add("memory", "64Mi")),
        });
}
