using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Kubernetes;
using k8s;
using k8s.Models;
using NodeSelectorTerm = CacheMachine.Actors.Specs.NodeSelectorTerm;

namespace CacheMachine.Host.Tests.Kubernetes;

public sealed class PullAffinityTests
{
    private static readonly ImmutableArray<NodeSelectorTerm> None = [];
    private static readonly ImmutableArray<NodeSelectorTerm> Zones = [new([new("zone", "In", ["a"])]), new([new("gpu", "Exists", [])])];

    [Fact]
    public void Everywhere_without_terms_needs_no_affinity() => Assert.Null(PullAffinity.Of(PullTargets.Everywhere, None));

    [Fact]
    public void Everywhere_has_the_machines_own_terms() =>
        Assert.Equal(["zone In a", "gpu Exists "], Terms(PullAffinity.Of(PullTargets.Everywhere, Zones)));

    [Fact]
    public void Each_named_node_has_a_term_of_its_own() =>
        Assert.Equal(["@metadata.name In n1", "@metadata.name In n2"], Terms(PullAffinity.Of(PullTargets.On(["n2", "n1"]), None)));

    [Fact]
    public void Each_named_node_is_combined_with_each_term() =>
        Assert.Equal(
            ["zone In a@metadata.name In n1", "gpu Exists @metadata.name In n1", "zone In a@metadata.name In n2", "gpu Exists @metadata.name In n2"],
            Terms(PullAffinity.Of(PullTargets.On(["n1", "n2"]), Zones)));

    [Fact]
    public void The_same_is_what_lets_a_pod_onto_the_same_nodes()
    {
        Assert.True(PullAffinity.Same(null, null));
        Assert.True(PullAffinity.Same(null, new V1Affinity()));
        Assert.True(PullAffinity.Same(Named("n1", "n2"), Named("n2", "n1")));
        Assert.False(PullAffinity.Same(Named("n1"), null));
        Assert.False(PullAffinity.Same(Named("n1"), Named("n1", "n2")));
        Assert.False(PullAffinity.Same(Named("n1"), PullAffinity.Of(PullTargets.On(["n1"]), Zones)));
    }

    [Fact]
    public void What_the_API_server_gives_back_is_the_same()
    {
        var sent = PullAffinity.Of(PullTargets.On(["n1", "n2"]), Zones);
        Assert.True(PullAffinity.Same(sent, KubernetesJson.Deserialize<V1Affinity>(ObjectJson.Write(sent!))));
    }

    private static V1Affinity? Named(params string[] nodes) => PullAffinity.Of(PullTargets.On(nodes), None);

    private static IEnumerable<string> Terms(V1Affinity? affinity) =>
        affinity!.NodeAffinity!.RequiredDuringSchedulingIgnoredDuringExecution!.NodeSelectorTerms.Select(term =>
            string.Join("", (term.MatchExpressions ?? []).Select(Text)) + string.Join("", (term.MatchFields ?? []).Select(field => "@" + Text(field))));

    private static string Text(V1NodeSelectorRequirement requirement) => $"{requirement.Key} {requirement.OperatorProperty} {string.Join(",", requirement.Values ?? [])}";
}
