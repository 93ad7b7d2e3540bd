using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.TestKit;

/// <summary>A further test actor with its own queue of messages. Stands for <c>Akka.TestKit.TestProbe</c>.</summary>
public sealed class TestProbe : TestKitBase
{
    internal TestProbe(ActorSystem sys, string name) : base(sys, name)
    {
    }

    /// <summary>Stands for <c>Akka.TestKit.TestProbe.Ref</c>.</summary>
    public IActorRef Ref => TestActor;

    /// <summary>Stands for <c>Akka.TestKit.TestProbe.Sender</c>: of the message that was expected last.</summary>
    public IActorRef Sender => LastSender;

    /// <summary>Stands for <c>Akka.TestKit.TestProbe.Send</c>: with this probe as the sender.</summary>
    public void Send(IActorRef actor, object message)
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.Tell(message, Ref);
    }

    /// <summary>Stands for <c>Akka.TestKit.TestProbe.Reply</c>: to the sender of the message that was expected last.</summary>
    public void Reply(object message) => Send(Sender, message);
}
