using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Status;

public sealed class PhaseReportTests
{
    private const string A = "registry.example/a:1", B = "registry.example/b:1";

    private static readonly DateTimeOffset Now = Facts.Start;
    private static readonly NodeFacts Has = Facts.Node("n1") with { Images = new NodeImages([[A]]) };

    [Fact]
    public void Before_the_cluster_is_listed_a_machine_is_starting() =>
        Expect(MachinePhase.Starting, "the cluster has not been listed yet", State() with { View = ClusterView.Empty });

    [Fact]
    public void Without_repository_managers_there_is_nothing_to_do() =>
        Expect(MachinePhase.Ready, "the machine has no repository managers, so no image is desired", State(spec: Facts.Spec("m") with { RepoMen = [] }));

    [Fact]
    public void Before_the_first_list_a_machine_is_starting() =>
        Expect(MachinePhase.Starting, "no list yet from repository manager 0", State() with { Record = Record(Facts.Spec("m")) with { Lists = ImmutableSortedDictionary<int, RepoList>.Empty } });

    [Fact]
    public void No_matching_node_is_said_with_the_labels()
    {
        var spec = Facts.Spec("m") with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k8s", "worker").Add("zone", "a") };
        Expect(MachinePhase.NoNodes, "none of 1 node matches the labels k8s=worker,zone=a", State(spec, Has));
        Expect(MachinePhase.NoNodes, "none of 0 nodes matches the labels (none asked)", State(nodes: []));
        Expect(
            MachinePhase.NoNodes, "none of 1 node matches the labels k8s=worker,zone=a,and node selector terms",
            State(spec with { NodeSelectorTerms = [new([new("gpu", "Exists", [])])] }, Has));
    }

    [Fact]
    public void No_eligible_node_is_said_with_the_reasons_most_frequent_first() =>
        Expect(
            MachinePhase.NoNodes, "none of 3 matching nodes is eligible: 2x node cordoned, 1x node not ready",
            State(nodes: [Facts.Node("n1") with { Ready = false }, Facts.Node("n2") with { Unschedulable = true }, Facts.Node("n3") with { Unschedulable = true }]));

    [Fact]
    public void An_empty_list_leaves_nothing_to_do() =>
        Expect(MachinePhase.Ready, "the repositories have no image that is desired", State(Facts.Spec("m"), Has, []));

    [Fact]
    public void Everything_there_is_ready() => Expect(MachinePhase.Ready, "1 of 1 image on all of 1 eligible node", State(nodes: Has));

    [Fact]
    public void Missing_images_are_counted_while_they_are_pulled()
    {
        var state = State(Facts.Spec("m"), Has, ["a:1", "b:1"]);
        state = state with { Record = state.Record.Apply(new PullStarted(B, B, null, "m-b", null, Now)) };
        Expect(MachinePhase.Pulling, "1 of 2 images on all of 1 eligible node; pulling 1", state);
    }

    [Fact]
    public void A_failure_is_said_with_image_node_reason_and_time()
    {
        var state = Failed(State(Facts.Spec("m"), Has, ["a:1", "b:1"]));
        Expect(
            MachinePhase.Waiting,
            $"1 of 2 images on all of 1 eligible node; 1 image could not be pulled, first {B} on n1: ErrImagePull: no such tag, tried again in 45 s", state);
        Expect(
            MachinePhase.Waiting,
            $"1 of 2 images on all of 1 eligible node; 1 image could not be pulled, first {B} on n1: ErrImagePull: no such tag, tried again now", state, Now.AddMinutes(1));
    }

    [Fact]
    public void A_paused_machine_says_so_only_while_something_is_missing()
    {
        var paused = Facts.Spec("m") with { Paused = true };
        Expect(MachinePhase.Paused, "1 of 2 images on all of 1 eligible node; paused", State(paused, Has, ["a:1", "b:1"]));
        Expect(MachinePhase.Ready, "1 of 1 image on all of 1 eligible node", State(paused, Has));
    }

    [Fact]
    public void Troubles_follow_whatever_else_is_said()
    {
        var state = State(nodes: Has);
        state = state with
        {
            RepoTroubles = state.RepoTroubles.Add(0, new("list tags of x: 503", Now.AddMinutes(2))),
            View = state.View.With(new WatchBroken(ClusterKinds.Pods, "connection reset")),
        };
        Expect(
            MachinePhase.Ready,
            "1 of 1 image on all of 1 eligible node; repository manager 0: list tags of x: 503 (asked again in 2 min); watching pull pods: connection reset", state);
    }

    private static void Expect(MachinePhase phase, string message, MachineState state, DateTimeOffset? now = null)
    {
        var status = StatusReport.Of(state, new MachineSettings(), now ?? Now);
        Assert.Equal((phase, message), (status.Phase, status.Message));
    }

    private static MachineState State(MachineSpec? spec = null, params NodeFacts[] nodes) => State(spec ?? Facts.Spec("m"), nodes, ["a:1"]);

    private static MachineState State(MachineSpec spec, NodeFacts node, string[] images) => State(spec, [node], images);

    private static MachineState State(MachineSpec spec, NodeFacts[] nodes, string[] images) => MachineState.Empty with
    {
        Record = spec.RepoMen.IsEmpty ? Record(spec) : Record(spec).Apply(new RepoListChanged(0, [.. images.Select(image => Facts.Image(image))], [], Now)),
        View = ClusterView.Empty.With(new NodesListed(nodes)).With(new PodsListed([])).With(new PullsListed([])),
    };

    private static MachineRecord Record(MachineSpec spec) => MachineRecord.Empty.Apply(new MachineConfigured(1, spec, Now));

    private static MachineState Failed(MachineState state) => state with
    {
        Record = state.Record.Apply(new PullStarted(B, B, null, "m-b", null, Now)).Apply(new PullEnded(
            B, PullOutcome.Failed, null, [], ImmutableSortedDictionary<string, string>.Empty.Add("n1", "ErrImagePull: no such tag"), Now.AddSeconds(45), Now)),
    };
}
