using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

public sealed class EligibilityTests
{
    private static readonly NodeFacts Node = Facts.Node("n1", ("k8s", "worker"), ("zone", "a"));
    private static readonly MachineSpec Machine = Facts.Spec("m");

    [Fact]
    public void A_ready_node_is_eligible_for_a_machine_that_asks_for_nothing() =>
        Assert.Equal(new Eligibility(true, null), Eligibility.Of(Node, Machine));

    [Fact]
    public void All_labels_must_match()
    {
        Assert.True(Eligibility.Of(Node, Labelled(("k8s", "worker"), ("zone", "a"))).IsEligible);
        Assert.Equal(new(false, "the node has no label disk"), Eligibility.Of(Node, Labelled(("k8s", "worker"), ("disk", "ssd"))));
        Assert.Equal(new(false, "the node's label zone is 'a', not 'b'"), Eligibility.Of(Node, Labelled(("zone", "b"))));
        Assert.Equal(new(false, "the node's label zone is 'a', not 'A'"), Eligibility.Of(Node, Labelled(("zone", "A"))));
    }

    [Fact]
    public void One_of_the_node_selector_terms_must_match()
    {
        var zones = Machine with { NodeSelectorTerms = [Term(("zone", "In", ["b"])), Term(("zone", "In", ["a"]), ("k8s", "Exists", []))] };
        Assert.True(Eligibility.Of(Node, zones).IsEligible);
        Assert.Equal(
            new(false, "no node selector term matches the node's labels"),
            Eligibility.Of(Node, Machine with { NodeSelectorTerms = [Term(("zone", "In", ["a"]), ("gpu", "Exists", []))] }));
    }

    [Fact]
    public void A_node_that_is_not_ready_says_since_when()
    {
        var since = new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal(new(true, "node not ready since 2030-01-01 10:00:00Z"), Eligibility.Of(Node with { Ready = false, ReadySince = since }, Machine));
        Assert.Equal(new(true, "node not ready"), Eligibility.Of(Node with { Ready = false }, Machine));
    }

    [Fact]
    public void A_cordoned_node_is_left_out_for_that_reason_whatever_its_taints() =>
        Assert.Equal(
            new(true, "node cordoned"),
            Eligibility.Of(Node with { Unschedulable = true, Taints = [new("node.kubernetes.io/unschedulable", "", "NoSchedule")] }, Machine));

    [Theory]
    [InlineData("NoSchedule", "node has the taint gpu=yes:NoSchedule")]
    [InlineData("NoExecute", "node has the taint gpu=yes:NoExecute")]
    [InlineData("PreferNoSchedule", null)]
    public void A_taint_keeps_the_images_away_unless_it_only_prefers_to(string effect, string? reason) =>
        Assert.Equal(new(true, reason), Eligibility.Of(Node with { Taints = [new("gpu", "yes", effect)] }, Machine));

    [Fact]
    public void Every_taint_needs_a_toleration_and_the_first_without_one_is_named()
    {
        var node = Node with { Taints = [new("gpu", "yes", "NoSchedule"), new("night", "", "NoExecute")] };
        var gpu = new Toleration("gpu", "Exists", "", "");
        Assert.Equal(new(true, "node has the taint night:NoExecute"), Eligibility.Of(node, Machine with { Tolerations = [gpu] }));
        Assert.True(Eligibility.Of(node, Machine with { Tolerations = [gpu, new("night", "Equal", "", "NoExecute")] }).IsEligible);
    }

    [Theory]
    // k8s.io/api/core/v1 Toleration.ToleratesTaint, against the taint key=value:NoSchedule.
    [InlineData("key", "Equal", "value", "NoSchedule", true)]
    [InlineData("key", "Equal", "value", "", true)]
    [InlineData("key", "Equal", "other", "NoSchedule", false)]
    [InlineData("key", "Equal", "", "NoSchedule", false)]
    [InlineData("key", "Equal", "value", "NoExecute", false)]
    [InlineData("other", "Equal", "value", "NoSchedule", false)]
    [InlineData("key", "Exists", "", "NoSchedule", true)]
    [InlineData("key", "Exists", "", "", true)]
    [InlineData("key", "Exists", "", "NoExecute", false)]
    [InlineData("other", "Exists", "", "", false)]
    [InlineData("", "Exists", "", "", true)]
    [InlineData("", "Exists", "", "NoSchedule", true)]
    [InlineData("", "Exists", "", "NoExecute", false)]
    public void A_toleration_tolerates_as_in_Kubernetes(string key, string @operator, string value, string effect, bool tolerated) =>
        Assert.Equal(tolerated, new Toleration(key, @operator, value, effect).Tolerates(new Taint("key", "value", "NoSchedule")));

    [Theory]
    [InlineData("In", new[] { "a", "5" }, true, false)]
    [InlineData("In", new[] { "b" }, false, false)]
    [InlineData("NotIn", new[] { "5" }, false, true)]
    [InlineData("NotIn", new[] { "b" }, true, true)]
    [InlineData("Exists", new string[0], true, false)]
    [InlineData("DoesNotExist", new string[0], false, true)]
    [InlineData("Gt", new[] { "4" }, true, false)]
    [InlineData("Gt", new[] { "5" }, false, false)]
    [InlineData("Gt", new[] { "-6" }, true, false)]
    [InlineData("Lt", new[] { "6" }, true, false)]
    [InlineData("Lt", new[] { "5" }, false, false)]
    [InlineData("Gt", new[] { "x" }, false, false)]
    [InlineData("Near", new[] { "5" }, false, false)]
    public void A_requirement_is_met_as_by_the_scheduler(string @operator, string[] values, bool byFive, bool byNone)
    {
        var requirement = new NodeSelectorRequirement("size", @operator, [.. values]);
        Assert.Equal(byFive, requirement.Matches(new Dictionary<string, string> { ["size"] = "5" }));
        Assert.Equal(byNone, requirement.Matches(new Dictionary<string, string> { ["other"] = "5" }));
    }

    [Theory]
    [InlineData("Gt", "10", "9", true)]
    [InlineData("Lt", "9", "10", true)]
    [InlineData("Gt", "many", "9", false)]
    [InlineData("Lt", "many", "9", false)]
    public void Sizes_are_compared_as_numbers_and_words_are_no_size(string @operator, string label, string bound, bool matches) =>
        Assert.Equal(matches, new NodeSelectorRequirement("size", @operator, [bound]).Matches(new Dictionary<string, string> { ["size"] = label }));

    private static MachineSpec Labelled(params (string Key, string Value)[] labels) =>
        Machine with { Labels = Machine.Labels.SetItems(labels.Select(label => KeyValuePair.Create(label.Key, label.Value))) };

    private static NodeSelectorTerm Term(params (string Key, string Operator, string[] Values)[] requirements) =>
        new([.. requirements.Select(r => new NodeSelectorRequirement(r.Key, r.Operator, [.. r.Values]))]);
}
