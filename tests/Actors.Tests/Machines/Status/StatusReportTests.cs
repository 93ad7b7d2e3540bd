using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Status;

/// <summary>What a machine tells of its nodes, and that many nodes and images make neither a long wait nor a huge answer.</summary>
public sealed class StatusReportTests
{
    [Fact]
    public void Few_nodes_are_told_in_full()
    {
        var status = Of(nodes: 3, images: 40, has: (node, _) => node == 0);

        Assert.Equal(
            [("n0", 0, 0), ("n1", 40, 40), ("n2", 40, 40)],
            status.Nodes.Select(node => (node.Name, node.Missing.Length, node.MissingCount)));
        Assert.Equal(status.DesiredImages.Select(image => image.ImageUrl), status.Nodes[1].Missing);
        Assert.Equal(new NodeCounts(3, 3, 2), status.NodeCounts);
    }

    [Fact]
    public void Of_many_nodes_those_are_told_that_lack_something_with_some_of_it()
    {
        var status = Of(nodes: 600, images: 40, has: (node, image) => node != 7 || image < 5);

        Assert.Equal([("n7", 10, 35)], status.Nodes.Select(node => (node.Name, node.Missing.Length, node.MissingCount)));
        Assert.Equal(new NodeCounts(600, 600, 1), status.NodeCounts);
    }

    [Fact]
    public void Of_many_that_lack_something_some_are_told()
    {
        var status = Of(nodes: 600, images: 40, has: (_, _) => false);

        Assert.Equal((500, 600), (status.Nodes.Length, status.NodeCounts.Lacking));
        Assert.All(status.Nodes, node => Assert.Equal((10, 40), (node.Missing.Length, node.MissingCount)));
    }

    [Fact]
    public void Who_asks_for_all_gets_all()
    {
        var status = Of(nodes: 600, images: 40, has: (_, _) => false, NodeDetail.All);

        Assert.Equal((600, 24_000), (status.Nodes.Length, status.Nodes.Sum(node => node.Missing.Length)));
    }

    [Fact]
    public void Who_asks_for_none_gets_their_number()
    {
        var status = Of(nodes: 3, images: 2, has: (_, _) => false, NodeDetail.None, RateLimited);

        Assert.Empty(status.Nodes);
        Assert.Equal(new NodeCounts(3, 3, 3), status.NodeCounts);
        Assert.All(status.Pulls, pull => Assert.Equal((0, 3), (pull.Errors.Count, pull.ErrorsCount)));
        Assert.Contains("2 images could not be pulled, first registry.example/i0:1 on n0: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_errors_some_are_told()
    {
        var status = Of(nodes: 600, images: 40, has: (_, _) => false, NodeDetail.Auto, RateLimited);

        Assert.Equal(40, status.Pulls.Length);
        Assert.All(status.Pulls, pull => Assert.Equal((3, 600), (pull.Errors.Count, pull.ErrorsCount)));
    }

    [Fact]
    public void The_work_grows_with_nodes_times_images_and_no_faster()
    {
        // To look through all nodes that lack an image for each node would be 36,000,000,000 comparisons here: minutes. Time of this thread
        // alone is counted, so it does not matter what else the computer does.
        var state = State(nodes: 6000, images: 2000, has: (_, _) => false);
        var before = ThreadTime.Now;

        var status = StatusReport.Of(state, new MachineSettings(), Facts.Start);

        Assert.Equal(6000, status.NodeCounts.Lacking);
        Assert.True(ThreadTime.Now - before < TimeSpan.FromSeconds(20), $"{ThreadTime.Now - before}");
    }

    private static MachineState RateLimited(MachineState state) => state.WithLimit("registry.example", Facts.Start.AddMinutes(1));

    private static MachineStatus Of(
        int nodes, int images, Func<int, int, bool> has, NodeDetail detail = NodeDetail.Auto, Func<MachineState, MachineState>? and = null)
    {
        var state = State(nodes, images, has);
        return StatusReport.Of(and is null ? state : and(state), new MachineSettings(), Facts.Start, detail);
    }

    private static MachineState State(int nodes, int images, Func<int, int, bool> has)
    {
        ImmutableArray<DesiredImage> desired = [.. Enumerable.Range(0, images).Select(i => Facts.Image($"i{i}:1"))];
        string[][] reported = [.. desired.Select(image => new[] { image.ImageUrl, $"{image.ImageUrl[..^2]}@{Facts.Digest('1')}" })];
        var spec = new MachineSpec { Name = "m", RepoMen = [new SimpleRepoManSpec(desired)] };
        var state = MachineState.Empty with
        {
            Record = MachineRecord.Empty
                .Apply(new MachineConfigured(1, spec, Facts.Start))
                .Apply(new RepoListChanged(0, desired, [], Facts.Start)),
        };
        var view = Enumerable.Range(0, nodes)
            .Select(node => Facts.Node($"n{node}") with
            {
                Images = new NodeImages([.. reported.Where((_, image) => has(node, image))]),
            })
            .Aggregate(ClusterView.Empty, (seen, node) => seen with { Nodes = seen.Nodes.SetItem(node.Name, node) });
        return state with { View = view with { Listed = ClusterKinds.All } };
    }
}
