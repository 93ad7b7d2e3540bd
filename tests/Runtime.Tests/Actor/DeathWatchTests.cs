using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class DeathWatchTests : ActorTest
{
    private static readonly SupervisorStrategy s_stop = new OneForOneStrategy(_ => Directive.Stop);

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef subject) => Context.Watch(subject);
    }

    /// <summary>Lets the death of the subject be noticed while it is busy, and unwatches before the notice is handled.</summary>
    private sealed class ChangesItsMind : ReceiveActor
    {
        public ChangesItsMind(IActorRef subject, IActorRef log)
        {
            Context.Watch(subject);
            Receive<ManualResetEventSlim>(go => go.Wait(Seconds(5)));
            Receive<string>(_ =>
            {
                Context.Unwatch(subject);
                log.Tell("unwatched");
            });
            Receive<Terminated>(_ => log.Tell("must not come"));
        }
    }

    private IActorRef NewWorker(IActorRef log, string name) => Sys.ActorOf(Props.Create(() => new Worker(log)), name);

    [Fact]
    public void Terminated_comes_after_PostStop_and_from_the_dead_actor()
    {
        var actor = Watch(NewWorker(TestActor, "mortal"));
        Sys.Stop(actor);
        ExpectMsg("PreStart mortal");
        ExpectMsg("PostStop mortal");
        ExpectTerminated(actor);
        Assert.Equal(actor, LastSender);
    }

    private sealed class SlowToStop(IActorRef log, ManualResetEventSlim go) : ReceiveActor
    {
        protected override void PostStop()
        {
            log.Tell("stopping");
            go.Wait(Seconds(5));
        }
    }

    [Fact]
    public async Task Terminated_waits_for_the_end_of_PostStop()
    {
        using var go = new ManualResetEventSlim();
        var actor = Watch(Sys.ActorOf(Props.Create(() => new SlowToStop(TestActor, go))));
        Sys.Stop(actor);
        ExpectMsg("stopping");
        for (var i = 0; i < 10; i++) await Task.Run(() => { }); // the thread pool had its turns
        TestActor.Tell("go");
        go.Set();
        ExpectMsg("go");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Watching_an_actor_that_is_dead_already_tells_at_once()
    {
        var actor = Watch(NewWorker(CreateTestProbe().Ref, "mortal"));
        Sys.Stop(actor);
        ExpectTerminated(actor);
        var late = CreateTestProbe();
        late.Watch(actor);
        late.ExpectTerminated(actor);
    }

    [Fact]
    public void Each_watcher_is_told_once_however_often_it_watched()
    {
        var actor = NewWorker(CreateTestProbe().Ref, "mortal");
        var other = CreateTestProbe();
        Watch(actor);
        Watch(actor);
        other.Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        other.ExpectTerminated(actor);
        ExpectNoMsg();
    }

    [Fact]
    public void A_parent_that_watches_its_child_is_told_once_and_can_use_the_name_again()
    {
        var boss = Sys.ActorOf(Props.Create(() => new Boss(s_stop, TestActor)));
        var silent = CreateTestProbe();
        boss.Tell(new NewChild(Props.Create(() => new Worker(silent.Ref)), "child"), TestActor);
        var child = ExpectMsg<IActorRef>();
        boss.Tell(child, TestActor);
        ExpectMsg<IActorRef>();
        child.Tell(PoisonPill.Instance);
        ExpectMsg("Terminated child");
        boss.Tell(new NewChild(Props.Create(() => new Worker(silent.Ref)), "child"), TestActor);
        Assert.Equal("child", ExpectMsg<IActorRef>().Path.Name);
        ExpectNoMsg();
    }

    [Fact]
    public void After_Unwatch_nothing_is_told()
    {
        var actor = Watch(NewWorker(CreateTestProbe().Ref, "mortal"));
        Unwatch(actor);
        Sys.Stop(actor);
        ExpectNoMsg();
    }

    [Fact]
    public void Unwatch_takes_back_a_Terminated_that_waits_in_the_mailbox()
    {
        using var go = new ManualResetEventSlim();
        var subject = NewWorker(CreateTestProbe().Ref, "mortal");
        var fickle = Sys.ActorOf(Props.Create(() => new ChangesItsMind(subject, TestActor)));
        ComeToRest();
        fickle.Tell(go); // busy: the death will be noticed after this message, and its Terminated queued behind the next
        fickle.Tell("unwatch");
        Sys.Stop(subject);
        Watch(subject);
        ExpectTerminated(subject);
        go.Set();
        ExpectMsg("unwatched");
        ExpectNoMsg();
    }

    [Fact]
    public void A_watcher_without_a_handler_for_Terminated_dies_with_the_watched()
    {
        var subject = NewWorker(CreateTestProbe().Ref, "mortal");
        var causes = new OneForOneStrategy(cause =>
        {
            TestActor.Tell(cause);
            return Directive.Stop;
        });
        var boss = Sys.ActorOf(Props.Create(() => new Boss(causes, TestActor)));
        var watcher = Ask<IActorRef>(boss, new NewChild(Props.Create(() => new Watcher(subject))));
        ComeToRest();
        Watch(watcher);
        Sys.Stop(subject);
        ExpectMsg<DeathPactException>();
        ExpectTerminated(watcher);
    }

    [Fact]
    public void A_watch_survives_the_watchers_restart()
    {
        var subject = NewWorker(CreateTestProbe().Ref, "mortal");
        var boss = Sys.ActorOf(Props.Create(() => new Boss(s_stop, TestActor)));
        Assert.Equal(subject, Ask<IActorRef>(boss, subject));
        boss.Tell(new Fail(new InvalidOperationException("restart me")));
        Sys.Stop(subject);
        ExpectMsg("Terminated mortal");
    }
}
