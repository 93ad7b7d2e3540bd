using System.Text.Json.Nodes;
using CacheMachine.Simulator.Control;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Tests.Control;

public sealed class NodeAffinityTests
{
    private static readonly NodeInfo Node = new(StoredObject.Write(
        ResourceType.Nodes,
        Parse("""{"metadata":{"name":"n1","labels":{"pool":"lab","cores":"16"}}}"""),
        1));

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"nodeSelector":{"pool":"lab"}}""", true)]
    [InlineData("""{"nodeSelector":{"pool":"other"}}""", false)]
    public void The_node_selector_wants_all_its_labels(string spec, bool matches) =>
        Assert.Equal(matches, new NodeAffinity(Parse(spec)).Matches(Node));

    [Theory]
    [InlineData("""[{"matchExpressions":[{"key":"pool","operator":"In","values":["lab","x"]}]}]""", true)]
    [InlineData("""[{"matchExpressions":[{"key":"pool","operator":"NotIn","values":["lab"]}]}]""", false)]
    [InlineData("""[{"matchExpressions":[{"key":"gpu","operator":"DoesNotExist"}]}]""", true)]
    [InlineData("""[{"matchExpressions":[{"key":"cores","operator":"Gt","values":["8"]}]}]""", true)]
    [InlineData("""[{"matchExpressions":[{"key":"cores","operator":"Lt","values":["8"]}]}]""", false)]
    [InlineData("""[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}]""", true)]
    [InlineData("""[{"matchFields":[{"key":"metadata.name","operator":"NotIn","values":["n1"]}]}]""", false)]
    [InlineData("""[{"matchExpressions":[{"key":"pool","operator":"Exists"},{"key":"gpu","operator":"Exists"}]}]""", false)]
    [InlineData("""[{"matchExpressions":[{"key":"gpu","operator":"Exists"}]},{"matchExpressions":[{"key":"pool","operator":"Exists"}]}]""", true)]
    [InlineData("""[{}]""", false)]
    [InlineData("""[]""", false)]
    public void Terms_are_alternatives_and_requirements_hold_together(string terms, bool matches) =>
        Assert.Equal(matches, new NodeAffinity(Parse(
            """{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":TERMS}}}}"""
                .Replace("TERMS", terms, StringComparison.Ordinal))).Matches(Node));

    [Theory]
    [InlineData("", "Exists", "", "", true)]
    [InlineData("k", "Exists", "", "NoSchedule", true)]
    [InlineData("k", "Equal", "v", "", true)]
    [InlineData("k", "", "v", "", true)]
    [InlineData("k", "Equal", "other", "", false)]
    [InlineData("k", "Exists", "", "NoExecute", false)]
    [InlineData("other", "Exists", "", "", false)]
    public void A_toleration_tolerates_by_key_value_and_effect(string key, string how, string value, string effect, bool tolerated) =>
        Assert.Equal(tolerated, new Toleration(key, how, value, effect).Tolerates(new Taint("k", "v", "NoSchedule")));

    [Fact]
    public void PreferNoSchedule_needs_no_toleration() =>
        Assert.True(Toleration.Covers([], [new Taint("k", "v", "PreferNoSchedule")], Taint.NoSchedule, Taint.NoExecute));

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
