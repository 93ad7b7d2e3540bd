using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class ReceiveTimeoutTests : ActorTest
{
    private sealed class Impatient : ReceiveActor
    {
        public Impatient(IActorRef log)
        {
            Receive<TimeSpan>(timeout => Cell.SetReceiveTimeout(timeout));
            Receive<string>(_ => Cell.SetReceiveTimeout(null), text => text == "off");
            ReceiveAny(message => log.Tell(message));
        }
    }

    private readonly IActorRef _actor;

    public ReceiveTimeoutTests()
    {
        _actor = Sys.ActorOf(Props.Create(() => new Impatient(TestActor)));
        _actor.Tell(Seconds(10));
        ComeToRest();
    }

    [Fact]
    public void It_comes_when_no_message_came_for_that_long_again_and_again()
    {
        ExpectNoMsg(Seconds(9));
        Time.Advance(Seconds(1));
        ExpectMsg(ReceiveTimeout.Instance);
        ExpectNoMsg(Seconds(9));
        Time.Advance(Seconds(1));
        ExpectMsg(ReceiveTimeout.Instance);
    }

    [Fact]
    public void Each_message_puts_it_off()
    {
        Time.Advance(Seconds(9));
        _actor.Tell("still here");
        ExpectMsg("still here");
        ExpectNoMsg(Seconds(9));
        Time.Advance(Seconds(1));
        ExpectMsg(ReceiveTimeout.Instance);
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        _actor.Tell("off");
        ExpectNoMsg(Seconds(100));
    }

    [Fact]
    public void It_ends_with_the_actor()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(object));
        Sys.Stop(_actor);
        ExpectNoMsg(Seconds(100));
    }
}
