using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

/// <summary>Failures outside of a handler: in constructors and hooks, by Kill, at the guardian.</summary>
public sealed class FailureTests : ActorTest
{
    private sealed class FailsInConstructor : ReceiveActor
    {
        public FailsInConstructor() => throw new InvalidOperationException("in the constructor");
    }

    /// <summary>Throws in the hook of that name; reports the others.</summary>
    private sealed class FailsIn(string hook, IActorRef log) : Worker(log)
    {
        private readonly IActorRef _log = log;

        protected override void PreStart()
        {
            if (hook == nameof(PreStart)) throw new InvalidOperationException("in PreStart");
            base.PreStart();
        }

        protected override void PreRestart(Exception reason, object? message)
        {
            if (hook == nameof(PreRestart)) throw new InvalidOperationException("in PreRestart");
            if (hook == "keeps its children") _log.Tell("PreRestart without stopping");
            else base.PreRestart(reason, message);
        }

        private protected override void PostRestart(Exception reason)
        {
            if (hook == nameof(PostRestart)) throw new InvalidOperationException("in PostRestart");
            base.PostRestart(reason);
        }

        protected override void PostStop()
        {
            if (hook == nameof(PostStop)) throw new InvalidOperationException("in PostStop");
            base.PostStop();
        }
    }

    private static readonly Fail s_boom = new(new InvalidOperationException("boom"));

    private IActorRef Start(string hook) => Watch(Sys.ActorOf(Props.Create(() => new FailsIn(hook, TestActor)), "it"));

    private IActorRef BossThatReportsCauses()
    {
        var strategy = new OneForOneStrategy(cause =>
        {
            TestActor.Tell(cause);
            return SupervisorStrategy.DefaultDecider(cause);
        });
        return Sys.ActorOf(Props.Create(() => new Boss(strategy, TestActor)));
    }

    [Fact]
    public void A_constructor_that_throws_stops_the_actor_and_its_parent_sees_the_cause()
    {
        BossThatReportsCauses().Tell(new NewChild(Props.Create<FailsInConstructor>()), TestActor);
        var both = new[] { ExpectMsg<object>(), ExpectMsg<object>() };
        Watch(both.OfType<IActorRef>().Single());
        Assert.Equal("in the constructor", both.OfType<ActorInitializationException>().Single().InnerException!.Message);
        ExpectMsg<Terminated>();
    }

    [Fact]
    public void Props_that_fit_no_constructor_stop_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create<Worker>("not a reference"));
        Watch(actor);
        ExpectTerminated(actor);
    }

    [Fact]
    public void PreStart_that_throws_stops_the_actor_without_PostStop()
    {
        ExpectTerminated(Start("PreStart"));
        ExpectNoMsg();
    }

    [Fact]
    public void PreRestart_that_throws_does_not_prevent_the_restart()
    {
        Start("PreRestart").Tell(s_boom);
        ExpectMsg("PreStart it");
        ExpectMsg("PostRestart it boom");
        ExpectMsg("PreStart it");
    }

    [Fact]
    public void PostRestart_that_throws_stops_the_actor()
    {
        var actor = Start("PostRestart");
        actor.Tell(s_boom);
        FishForMessage<Terminated>(dead => dead.ActorRef.Equals(actor));
    }

    [Fact]
    public void PostStop_that_throws_does_not_prevent_the_end()
    {
        var actor = Start("PostStop");
        Sys.Stop(actor);
        ExpectMsg("PreStart it");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Children_that_PreRestart_did_not_stop_are_restarted_after_their_parent()
    {
        var actor = Start("keeps its children");
        ExpectMsg("PreStart it");
        actor.Tell(new NewChild(Props.Create(() => new Worker(TestActor)), "survivor"), TestActor);
        ExpectMsg<object>();
        ExpectMsg<object>();
        actor.Tell(s_boom);
        ExpectMsg("PreRestart without stopping");
        ExpectMsg("PostRestart it boom");
        ExpectMsg("PreStart it");
        ExpectMsg("PreRestart survivor boom ");
        ExpectMsg("PostStop survivor");
        ExpectMsg("PostRestart survivor boom");
        ExpectMsg("PreStart survivor");
    }

    [Fact]
    public void Kill_is_a_failure_that_the_default_decider_answers_with_a_stop()
    {
        var silent = CreateTestProbe().Ref;
        BossThatReportsCauses().Tell(new NewChild(Props.Create(() => new Worker(silent)), "victim"), TestActor);
        var victim = ExpectMsg<IActorRef>();
        Watch(victim);
        victim.Tell(Kill.Instance);
        ExpectMsg<ActorKilledException>();
        ExpectTerminated(victim);
    }

    [Fact]
    public void The_default_decider_restarts_after_other_exceptions() =>
        Assert.Equal(Directive.Restart, SupervisorStrategy.DefaultDecider(new InvalidOperationException()));

    [Fact]
    public async Task A_failure_that_the_user_guardian_escalates_terminates_the_system()
    {
        var system = ActorSystem.Create("escalating", new ActorSystemSettings
        {
            GuardianSupervisorStrategy = new OneForOneStrategy(_ => Directive.Escalate),
        });
        system.ActorOf(Props.Create(() => new Worker(TestActor)), "last").Tell(s_boom);
        await system.WhenTerminated.WaitAsync(Seconds(5));
        ExpectMsg("PreStart last");
        ExpectMsg("PostStop last");
    }
}
