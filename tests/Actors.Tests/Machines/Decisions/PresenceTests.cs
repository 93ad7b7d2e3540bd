using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

public sealed class PresenceTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(90), Lifetime = TimeSpan.FromHours(24);
    private static readonly ImageReference Image = ImageReference.Parse("registry.example/a:1");
    private static readonly NodeFacts Node = Facts.Node("n1");
    private static readonly NodeFacts Reporting = Node with { Images = new NodeImages([["registry.example/a:1", $"registry.example/a@{Facts.Digest('1')}"]]) };
    private static readonly Evidence Shown = new(Node.Uid, Node.BootId, Facts.Digest('1'), Facts.Start);

    [Fact]
    public void Evidence_counts_while_the_report_may_be_late()
    {
        Assert.Null(Why(Node, after: TimeSpan.FromSeconds(89)));
        Assert.Equal("the node reports all its images, and not this one", Why(Node, after: Grace));
    }

    [Fact]
    public void Evidence_counts_as_long_as_the_node_reports_the_image() =>
        Assert.Null(Why(Reporting, after: TimeSpan.FromHours(23)));

    [Fact]
    public void A_report_that_may_lack_images_ends_nothing() =>
        Assert.Null(Why(Node with { Images = Full() }, before: Reporting, after: TimeSpan.FromHours(1)));

    [Fact]
    public void A_node_that_is_not_ready_ends_nothing() =>
        Assert.Null(Why(Node with { Ready = false }, before: Reporting, after: TimeSpan.FromHours(1)));

    [Fact]
    public void An_image_that_disappears_from_the_report_was_removed() =>
        Assert.Equal("the node no longer reports the image: it was removed there", Why(Node, before: Reporting, after: TimeSpan.FromSeconds(1)));

    [Fact]
    public void What_another_node_of_that_name_reported_before_says_nothing() =>
        Assert.Null(Why(Node, before: Reporting with { Uid = "node-before" }, after: TimeSpan.FromSeconds(1)));

    [Fact]
    public void A_node_that_is_gone_replaced_or_rebooted_has_shown_nothing()
    {
        Assert.Equal("the node is gone", Why(null));
        Assert.Equal("the node was replaced", Why(Node with { Uid = "another" }));
        Assert.Equal("the node was rebooted", Why(Node with { BootId = "another" }));
        Assert.Null(Why(Node with { BootId = "" }));
    }

    [Fact]
    public void Evidence_ends_with_age_even_where_the_report_cannot_contradict_it() =>
        Assert.Equal("it is too old to be believed", Why(Node with { Images = Full() }, after: Lifetime));

    [Fact]
    public void A_pull_pod_that_is_older_than_its_node_was_anothers()
    {
        var wanted = WantedImage.Of(new DesiredImage("registry.example/a:1", null, "a"))!;
        var pod = Facts.Pod("m-1", "n1", PullPodState.Pulled) with { CreatedAt = Facts.Start };

        Assert.True(Presence.Has(wanted, Node, pod, null));
        Assert.False(Presence.Has(wanted, Node with { CreatedAt = Facts.Start.AddSeconds(1) }, pod, null));
    }

    [Fact]
    public void Where_a_digest_is_wanted_only_that_one_is_present()
    {
        var wanted = WantedImage.Of(new DesiredImage("registry.example/a:1", Facts.Digest('1'), "a"))!;
        var pod = Facts.Pod("m-1", "n1", PullPodState.Pulled) with { CreatedAt = Facts.Start };

        Assert.False(Presence.Has(wanted, Node, pod, null));
        Assert.False(Presence.Has(wanted, Node, pod with { Digest = Facts.Digest('2') }, Shown with { Digest = null }));
        Assert.True(Presence.Has(wanted, Node, pod with { Digest = Facts.Digest('1') }, null));
        Assert.True(Presence.Has(wanted, Node, null, Shown));
        Assert.False(Presence.Has(wanted, Node with { Uid = "another" }, null, Shown));
        Assert.True(Presence.Has(wanted, Reporting, null, null));
    }

    private static NodeImages Full() => new([.. Enumerable.Range(0, NodeImages.ReportLimit).Select(i => new[] { $"registry.example/b:{i}" })]);

    private static string? Why(NodeFacts? node, NodeFacts? before = null, TimeSpan after = default) =>
        Presence.WhyEnded(Shown, Image, node, before, Grace, Lifetime, Facts.Start + after)?.Why;
}
