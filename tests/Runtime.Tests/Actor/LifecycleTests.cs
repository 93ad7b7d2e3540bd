using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class LifecycleTests : ActorTest
{
    private IActorRef NewWorker(string name) => Sys.ActorOf(Props.Create(() => new Worker(TestActor)), name);

    [Fact]
    public void PoisonPill_lets_the_messages_before_it_be_handled_and_no_others()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = NewWorker("poisoned");
        actor.Tell("before");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("after");
        ExpectMsg("PreStart poisoned");
        ExpectMsg("before");
        ExpectMsg("PostStop poisoned");
        Assert.Equal("after", ExpectMsg<DeadLetter>().Message);
        ExpectNoMsg();
    }

    [Fact]
    public void Stop_ends_the_actor_after_the_message_that_it_is_handling()
    {
        using var go = new ManualResetEventSlim();
        var actor = Watch(Sys.ActorOf(Props.Create<Runner>()));
        actor.Tell((Action<IActorContext>)(_ =>
        {
            TestActor.Tell("handling");
            go.Wait(Seconds(5));
            TestActor.Tell("handled");
        }));
        actor.Tell((Action<IActorContext>)(_ => TestActor.Tell("must not be handled")));
        ExpectMsg("handling");
        Sys.Stop(actor);
        go.Set();
        ExpectMsg("handled");
        ExpectTerminated(actor);
        ExpectNoMsg();
    }

    [Fact]
    public void Children_are_dead_before_their_parents_PostStop()
    {
        var parent = NewWorker("parent");
        ExpectMsg("PreStart parent");
        parent.Tell(new NewChild(Props.Create(() => new Worker(TestActor)), "child"), TestActor);
        ExpectMsg<object>();
        ExpectMsg<object>();
        Sys.Stop(parent);
        ExpectMsg("PostStop child");
        ExpectMsg("PostStop parent");
    }

    [Fact]
    public void Two_siblings_cannot_have_the_same_name()
    {
        NewWorker("twin");
        Assert.Contains("twin", Assert.Throws<InvalidActorNameException>(() => NewWorker("twin")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a%2")]
    [InlineData("ü")]
    [InlineData("line\n")]
    public void A_name_must_follow_the_grammar(string name) => Assert.Throws<InvalidActorNameException>(() => NewWorker(name));

    [Fact]
    public void A_new_actor_under_an_old_name_gets_none_of_the_old_ones_messages()
    {
        var old = Watch(NewWorker("name"));
        Sys.Stop(old);
        FishForMessage<Terminated>(_ => true);
        ComeToRest();
        var young = NewWorker("name");
        old.Tell("for the old one");
        young.Tell("for the new one");
        ExpectMsg("PreStart name");
        ExpectMsg("for the new one");
        ExpectNoMsg();
        Assert.NotEqual(old, young);
        Assert.Equal(old.Path, young.Path);
    }

    [Fact]
    public void The_context_knows_parent_and_system() => InActor(context =>
    {
        Assert.Equal("akka://test/user", context.Parent.Path.ToString());
        Assert.Equal(context.Parent.Path, ((ActorCell)context).Self.Path.Parent);
        Assert.Same(Sys, context.System);
        Assert.StartsWith("$", ((ActorCell)context).Self.Path.Name, StringComparison.Ordinal);
    });

    [Fact]
    public async Task Terminate_stops_parents_after_children_and_completes_after_the_last_PostStop()
    {
        var system = ActorSystem.Create("ending");
        var parent = system.ActorOf(Props.Create(() => new Worker(TestActor)), "parent");
        ExpectMsg("PreStart parent");
        parent.Tell(new NewChild(Props.Create(() => new Worker(TestActor)), "child"), TestActor);
        ExpectMsg<object>();
        ExpectMsg<object>();
        Assert.Same(system.WhenTerminated, system.Terminate());
        await system.WhenTerminated.WaitAsync(Seconds(5));
        ExpectMsg("PostStop child");
        ExpectMsg("PostStop parent");
        await system.Terminate();
    }

    [Fact]
    public async Task After_termination_no_actor_and_no_timer_can_be_started()
    {
        var system = ActorSystem.Create("ended", new ActorSystemSettings { TimeProvider = Time });
        system.Scheduler.ScheduleTellOnce(Seconds(1), TestActor, "must not come", ActorRefs.NoSender);
        await system.Terminate().WaitAsync(Seconds(5));
        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Props.Create<Runner>()));
        Assert.Throws<ObjectDisposedException>(() => system.Scheduler.ScheduleTellOnce(Seconds(1), TestActor, "no", ActorRefs.NoSender));
        ExpectNoMsg(Seconds(2));
    }

    [Fact]
    public async Task Extensions_are_shared_and_disposed_when_all_actors_have_stopped()
    {
        var system = ActorSystem.Create("extended");
        Assert.Throws<InvalidOperationException>(() => system.GetExtension<Extension>());
        var extension = system.RegisterExtension(_ => new Extension(TestActor));
        Assert.Same(extension, system.RegisterExtension(_ => new Extension(TestActor)));
        Assert.Same(extension, system.GetExtension<Extension>());
        system.ActorOf(Props.Create(() => new Worker(TestActor)), "user-of-it");
        await system.Terminate().WaitAsync(Seconds(5));
        ExpectMsg("PreStart user-of-it");
        ExpectMsg("PostStop user-of-it");
        ExpectMsg("disposed");
    }

    [Theory]
    [InlineData("_no")]
    [InlineData("a b")]
    [InlineData("")]
    public void A_systems_name_must_follow_the_grammar(string name) => Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));

    private sealed class Extension(IActorRef log) : IDisposable
    {
        public void Dispose() => log.Tell("disposed");
    }
}
