using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Status;

public sealed class DescribeTests
{
    private const string Image = "docker.io/lsst/lab:1";

    private static readonly DateTimeOffset At = Facts.Start;

    private static readonly PullInFlight Pull = new("m-0123456789", "lsst/lab:1", null, PullTargets.Everywhere, At.AddMinutes(-3));

    private static readonly ImmutableSortedDictionary<string, string> Failures = ImmutableSortedDictionary<string, string>.Empty
        .Add("n1", "ErrImagePull: no such tag").Add("n2", "b").Add("n3", "c").Add("n4", "d");

    public static TheoryData<string, string> Lines => new()
    {
        { nameof(MachineConfigured), "configured with 1 repository manager" },
        { nameof(MachineDeleted), "deleted" },
        { nameof(RepoListChanged), "repository manager 0 wants 2 images" },
        { nameof(PullStarted), "pulling lsst/lab:1 on all nodes with DaemonSet m-0123456789" },
        { nameof(PullWidened), "pulling docker.io/lsst/lab:1 also on n1, n2, n3 and 1 more" },
        { "Succeeded", "lsst/lab:1 pulled on 1 node in 3 min" },
        { "Cancelled", "stopped pulling docker.io/lsst/lab:1: the image is no longer wanted" },
        { "Failed", "lsst/lab:1 cannot be pulled on 4 nodes, trying again in 2 min: n1: ErrImagePull: no such tag; n2: b; n3: c" },
        { nameof(EvidenceEnded), "docker.io/lsst/lab:1 no longer counts as present on n1: the node was rebooted" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void An_event_is_a_sentence_whose_values_have_names(string what, string sentence)
    {
        var e = Of(what);
        var line = Describe.Event(e, e is PullEnded ? Pull : null);

        Assert.Equal(sentence, line.ToString());
        Assert.DoesNotContain("{0}", line.Template, StringComparison.Ordinal);
        Assert.Equal(line.Values.Length, line.Template.Count(c => c == '{'));
    }

    [Fact]
    public void Only_what_somebody_has_to_look_at_is_a_warning() =>
        Assert.Equal(["Failed"], Lines.Select(row => (string)row[0]).Where(what => Describe.Event(Of(what)).Level == LogLevel.WarningLevel));

    [Fact]
    public void The_beginning_and_the_end_of_a_pull_are_the_clusters_own_events()
    {
        var news = Lines.Select(row => Describe.News("m", Of((string)row[0]), Pull)).OfType<PullNews>().ToList();

        Assert.Equal([("PullStarted", false), ("Pulled", false), ("PullFailed", true)], news.Select(n => (n.Reason, n.IsWarning)));
        Assert.All(news, n => Assert.StartsWith("m: ", n.Message, StringComparison.Ordinal));
        Assert.All(news, n => Assert.Equal("m-0123456789", n.Pull));
    }

    private static IMachineEvent Of(string what) => what switch
    {
        nameof(MachineConfigured) => new MachineConfigured(1, Facts.Spec("m", "a:1"), At),
        nameof(MachineDeleted) => new MachineDeleted(1, At),
        nameof(RepoListChanged) => new RepoListChanged(0, [Facts.Image("a:1"), Facts.Image("b:1")], [], At),
        nameof(PullStarted) => new PullStarted(Image, "lsst/lab:1", null, "m-0123456789", null, At),
        nameof(PullWidened) => new PullWidened(Image, ["n1", "n2", "n3", "n4"], At),
        "Succeeded" => new PullEnded(Image, PullOutcome.Succeeded, null, [new("n1", "u", "b", null)], ImmutableSortedDictionary<string, string>.Empty, null, At),
        "Cancelled" => new PullEnded(Image, PullOutcome.Cancelled, "the image is no longer wanted", [], ImmutableSortedDictionary<string, string>.Empty, null, At),
        "Failed" => new PullEnded(Image, PullOutcome.Failed, null, [], Failures, At.AddMinutes(2), At),
        nameof(EvidenceEnded) => new EvidenceEnded(Image, ["n1"], "the node was rebooted", false, At),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "give the new event a value here"),
    };
}
