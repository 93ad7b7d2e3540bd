using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class EventStreamTests : ActorTest
{
    private class Animal;

    private sealed class Cat : Animal;

    [Fact]
    public void A_subscriber_gets_the_type_and_its_subtypes_once()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Animal)));
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Cat)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Cat)));
        var cat = new Cat();
        Sys.EventStream.Publish(cat);
        Sys.EventStream.Publish("not an animal");
        ExpectMsg(cat);
        ExpectNoMsg();
    }

    [Fact]
    public void A_dead_subscriber_of_dead_letters_makes_no_more_of_them()
    {
        var subscriber = CreateTestProbe();
        Sys.EventStream.Subscribe(subscriber.Ref, typeof(DeadLetter));
        Watch(subscriber.Ref);
        Sys.Stop(subscriber.Ref);
        ExpectTerminated(subscriber.Ref);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.DeadLetters.Tell("lost", ActorRefs.NoSender);
        Assert.Equal("lost", ExpectMsg<DeadLetter>().Message);
        ExpectNoMsg();
    }
}
