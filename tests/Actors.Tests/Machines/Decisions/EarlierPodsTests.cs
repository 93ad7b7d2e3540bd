using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

/// <summary>
/// The pods of a DaemonSet outlive it by a moment, until the garbage collector and the kubelets have ended them. The DaemonSet of the next
/// pull of the image has the same name, and so the same pods by name of pull.
/// </summary>
public sealed class EarlierPodsTests
{
    private static readonly string Pull = Facts.PullOf("m", "a:1");
    private static readonly DateTimeOffset Now = Facts.Start.AddHours(1);

    // Without a wait before the next attempt.
    private readonly MachineDecisions _decisions = new(new MachineSettings { RetryMin = TimeSpan.Zero, RetryMax = TimeSpan.Zero });
    private readonly List<IMachineEvent> _events = [];
    private MachineState _state = MachineState.Empty;
    private ClusterView _view = ClusterView.Empty.With(new NodesListed([Facts.Node("n1")])).With(new PodsListed([])).With(new PullsListed([]));

    [Fact]
    public void Pods_that_pulled_the_old_digest_do_not_fail_the_pull_of_the_new_one()
    {
        Pulling(digest: '1');
        See(new PodChanged(Pod(PullPodState.Pulling)));
        Tell(Listed('2'));
        See(new PodChanged(Pod(PullPodState.Pulled) with { Digest = Facts.Digest('1') }));
        Tell(new PullRemoved(Pull));
        See(new PullDeleted(Pull));
        See(new NodeChanged(Facts.Node("n1")));
        See(new PodDeleted(Pull, $"{Pull}-n1"));

        Assert.DoesNotContain(_events.OfType<PullEnded>(), ended => ended.Outcome == PullOutcome.Failed);
        Assert.Equal(Facts.Digest('2'), Assert.Single(_state.Record.Pulls).Value.Digest);
    }

    [Fact]
    public void Pods_that_failed_do_not_fail_the_next_attempt()
    {
        Pulling(digest: '1');
        See(new PodChanged(Pod(PullPodState.PullFailed) with { Reason = "ErrImagePull: 503" }));
        Assert.Single(_events.OfType<PullEnded>());
        Tell(new PullRemoved(Pull));
        See(new PullDeleted(Pull));
        See(new PodChanged(Pod(PullPodState.PullFailed) with { Reason = "ImagePullBackOff: Back-off" }));
        See(new PodDeleted(Pull, $"{Pull}-n1"));

        Assert.Single(_events.OfType<PullEnded>());
        Assert.Equal(1, Assert.Single(_state.Record.Retries).Value.Attempts);
        Assert.Single(_state.Record.Pulls);
    }

    [Fact]
    public void Pods_that_linger_on_a_node_that_is_not_eligible_hold_nothing_up()
    {
        _view = _view.With(new NodeChanged(Facts.Node("n2") with { Ready = false })).With(new PodChanged(Pod(PullPodState.Pulling) with { Name = "old", Node = "n2" }));
        Pulling(digest: '1');
        Assert.Single(_state.Record.Pulls);
    }

    private static PullPod Pod(PullPodState state) => Facts.Pod(Pull, "n1", state) with { CreatedAt = Facts.Start };

    private RepoManListed Listed(char digest) => new(_state.Record.Generation, 0, new RepoList([Facts.Image("a:1", Facts.Digest(digest))], []));

    private void Pulling(char digest)
    {
        Tell(new ConfigureMachine(1, Facts.Spec("m")));
        Tell(new ClusterSeen(_view));
        Tell(Listed(digest));
        See(new PullChanged(new PullObject(Pull, "uid-1", "m", "registry.example/a:1")));
    }

    private void See(ClusterChange change)
    {
        _view = _view.With(change);
        Tell(new ClusterSeen(_view));
    }

    private void Tell(IMachineMessage message)
    {
        var decision = _decisions.Decide(_state, message, Now, 0);
        _events.AddRange(decision.Events);
        _state = decision.State;
    }
}
