using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class SupervisionTests : ActorTest
{
    private static readonly Fail s_boom = new(new InvalidOperationException("boom"));

    private static OneForOneStrategy Always(Directive directive, int? maxNrOfRetries = null, TimeSpan? within = null) =>
        new(maxNrOfRetries, within, _ => directive);

    private (IActorRef Boss, IActorRef Child) Family(SupervisorStrategy strategy, string name = "child")
    {
        var boss = Sys.ActorOf(Props.Create(() => new Boss(strategy, TestActor)));
        return (boss, NewWorker(boss, name));
    }

    private IActorRef NewEscalatingParent(SupervisorStrategy itsParents)
    {
        var escalate = Always(Directive.Escalate);
        var grandparent = Sys.ActorOf(Props.Create(() => new Boss(itsParents, TestActor)));
        return Ask<IActorRef>(grandparent, new NewChild(Props.Create(() => new Boss(escalate, TestActor)), "parent"));
    }

    private IActorRef NewWorker(IActorRef parent, string name)
    {
        parent.Tell(new NewChild(Props.Create(() => new Worker(TestActor)), name), TestActor);
        return ExpectReferenceAndPreStart(name);
    }

    /// <summary>The answer of the parent and the report of the child come in any order.</summary>
    private IActorRef ExpectReferenceAndPreStart(string name)
    {
        var both = new[] { ExpectMsg<object>(), ExpectMsg<object>() };
        Assert.Contains($"PreStart {name}", both);
        return both.OfType<IActorRef>().Single();
    }

    [Fact]
    public void A_restart_runs_the_hooks_keeps_the_mailbox_and_does_not_repeat_the_message()
    {
        var (_, child) = Family(Always(Directive.Restart));
        child.Tell("before");
        child.Tell(s_boom);
        child.Tell("waiting 1");
        child.Tell("waiting 2");
        child.Tell(new GetCount(), TestActor);
        ExpectMsg("before");
        ExpectMsg("PreRestart child boom Fail");
        ExpectMsg("PostStop child");
        ExpectMsg("PostRestart child boom");
        ExpectMsg("PreStart child");
        ExpectMsg("waiting 1");
        ExpectMsg("waiting 2");
        ExpectMsg(2); // a new instance has counted: "before" is forgotten
        ExpectNoMsg();
    }

    [Fact]
    public void A_restart_stops_the_children_before_PostRestart()
    {
        var (_, child) = Family(Always(Directive.Restart));
        NewWorker(child, "grandchild");
        child.Tell(s_boom);
        ExpectMsg("PreRestart child boom Fail");
        Assert.Equal(["PostStop child", "PostStop grandchild"], new[] { ExpectMsg<string>(), ExpectMsg<string>() }.Order());
        ExpectMsg("PostRestart child boom");
        ExpectMsg("PreStart child");
        NewWorker(child, "grandchild"); // the name is free again
    }

    [Fact]
    public void Resume_keeps_the_instance_and_goes_on_with_the_next_message()
    {
        var (_, child) = Family(Always(Directive.Resume));
        child.Tell("one");
        child.Tell(s_boom);
        child.Tell("two");
        child.Tell(new GetCount(), TestActor);
        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg(2);
        ExpectNoMsg();
    }

    [Fact]
    public void Stop_ends_the_child()
    {
        var (_, child) = Family(Always(Directive.Stop));
        Watch(child);
        child.Tell(s_boom);
        child.Tell("never handled");
        ExpectMsg("PostStop child");
        ExpectTerminated(child);
        ExpectNoMsg();
    }

    [Fact]
    public void Escalate_makes_the_parent_fail_and_its_own_parent_decide()
    {
        var parent = NewEscalatingParent(Always(Directive.Stop));
        var child = NewWorker(parent, "child");
        Watch(parent);
        child.Tell(s_boom);
        ExpectMsg("PostStop child");
        ExpectTerminated(parent);
    }

    [Fact]
    public void An_escalated_failure_that_is_forgiven_lets_parent_and_child_go_on()
    {
        var parent = NewEscalatingParent(Always(Directive.Resume));
        var child = NewWorker(parent, "child");
        var sibling = NewWorker(parent, "sibling");
        child.Tell(s_boom);
        child.Tell("child goes on");
        ExpectMsg("child goes on");
        sibling.Tell("sibling goes on");
        ExpectMsg("sibling goes on");
    }

    [Fact]
    public async Task A_failed_actor_handles_nothing_until_its_parent_has_decided()
    {
        using var decide = new ManualResetEventSlim();
        var (_, child) = Family(new OneForOneStrategy(_ =>
        {
            TestActor.Tell("deciding");
            decide.Wait(Seconds(5));
            return Directive.Resume;
        }));
        child.Tell(s_boom);
        child.Tell("after");
        ExpectMsg("deciding");
        child.Tell("later");
        for (var i = 0; i < 10; i++) await Task.Run(() => { }); // the thread pool had its turns
        TestActor.Tell("decided");
        decide.Set();
        ExpectMsg("decided");
        ExpectMsg("after");
        ExpectMsg("later");
    }

    [Fact]
    public void A_child_that_is_restarted_too_often_within_the_time_range_is_stopped()
    {
        var (_, child) = Family(Always(Directive.Restart, maxNrOfRetries: 2, within: Seconds(10)));
        Watch(child);
        child.Tell(s_boom);
        child.Tell(s_boom);
        FishForMessage<string>(text => text == "PostRestart child boom");
        FishForMessage<string>(text => text == "PostRestart child boom");
        Time.Advance(Seconds(11)); // the range starts anew
        child.Tell(s_boom);
        child.Tell(s_boom);
        FishForMessage<string>(text => text == "PostRestart child boom");
        FishForMessage<string>(text => text == "PostRestart child boom");
        ExpectMsg("PreStart child");
        child.Tell(s_boom);
        ExpectMsg("PostStop child");
        ExpectTerminated(child);
    }

    [Fact]
    public void With_no_retries_a_restart_is_a_stop()
    {
        var (_, child) = Family(Always(Directive.Restart, maxNrOfRetries: 0));
        child.Tell(s_boom);
        ExpectMsg("PostStop child");
        ExpectNoMsg();
    }

    [Fact]
    public void Props_can_bring_the_strategy_for_the_children()
    {
        var stopping = Always(Directive.Stop);
        var boss = Sys.ActorOf(Props.Create(() => new Boss(stopping, TestActor)).WithSupervisorStrategy(Always(Directive.Resume)));
        var child = NewWorker(boss, "child");
        child.Tell(s_boom);
        child.Tell("resumed");
        ExpectMsg("resumed");
    }

    [Fact]
    public void Under_the_user_guardian_an_actor_is_restarted()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Worker(TestActor)), "top");
        actor.Tell(s_boom);
        FishForMessage<string>(text => text == "PostRestart top boom");
    }

    [Fact]
    public void The_decider_sees_the_failed_child_as_the_sender()
    {
        var boss = Sys.ActorOf(Props.Create(() => new Nosy(TestActor)), "boss");
        var child = NewWorker(boss, "child");
        child.Tell(s_boom);
        Assert.Equal(child, ExpectMsg<IActorRef>());
    }

    private sealed class Nosy : ReceiveActor
    {
        private readonly IActorRef _log;

        public Nosy(IActorRef log)
        {
            _log = log;
            Receive<NewChild>(child => Sender.Tell(Context.ActorOf(child.Props, child.Name)));
        }

        private protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            _log.Tell(Sender);
            return Directive.Resume;
        });
    }
}
