using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines;

/// <summary>What a machine writes into the log.</summary>
public sealed class MachineLogTests : ActorTest
{
    private static readonly ClusterView Listed = ClusterView.Empty.With(new NodesListed([Facts.Node("n1")])).With(new PodsListed([])).With(new PullsListed([]));

    private readonly ClusterDouble _cluster = new();
    private readonly IActorRef _machine;

    public MachineLogTests()
    {
        var watcher = CreateTestProbe();
        var services = new MachineServices(
            _cluster, watcher, null, new RepoManFactory(new RegistryDouble(), new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1))),
            new MachineSettings(), Time, ActorRefs.Nobody, new JournalTroubles(Time));
        _machine = Sys.ActorOf(Props.Create(() => new MachineActor("m", services)));
        watcher.ExpectMsg<SubscribeToCluster>();
        _machine.Tell(new ClusterSeen(Listed));
        ComeToRest();
    }

    [Fact]
    public void A_request_that_fails_is_logged_when_that_begins_and_when_it_ends_and_not_at_each_try()
    {
        _cluster.Failure = "create daemonset cachemachine/m: forbidden";
        EventFilter.Warning(contains: "failed; retrying: create daemonset cachemachine/m: forbidden").ExpectOne(() =>
        {
            Configure();
            Time.Advance(TimeSpan.FromMinutes(2));
            ComeToRest();
        });
        Assert.True(_cluster.Asked("ensure").Count() > 3);

        _cluster.Failure = null;
        EventFilter.Info(contains: $"Machine m: requests for DaemonSet {Facts.PullOf("m", "a:1")} work again").ExpectOne(() =>
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            ComeToRest();
        });
    }

    [Fact]
    public void While_the_API_server_is_away_the_watcher_alone_says_so()
    {
        _machine.Tell(new ClusterSeen(Listed.With(new WatchBroken(ClusterKinds.Nodes, "connection refused"))));
        _cluster.Failure = "create daemonset cachemachine/m: connection refused";
        EventFilter.Warning().Expect(0, () =>
        {
            Configure();
            Time.Advance(TimeSpan.FromMinutes(2));
            ComeToRest();
        });
        Assert.True(_cluster.Asked("ensure").Count() > 3);
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_is_a_warning()
    {
        Configure();
        EventFilter.Warning(contains: "Machine m: registry.example/a:1 cannot be pulled on 1 node, trying again in ").ExpectOne(() =>
        {
            _machine.Tell(new ClusterSeen(Listed.With(new PodChanged(Facts.Pod(Facts.PullOf("m", "a:1"), "n1", PullPodState.PullFailed, "ErrImagePull: no such tag")))));
            ComeToRest();
        });
    }

    private void Configure()
    {
        _machine.Tell(new ConfigureMachine(1, Facts.Spec("m", "a:1"), WantsAnswer: false), ActorRefs.NoSender);
        ComeToRest();
    }
}
