using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Runtime.Tests.Sharding;

/// <summary>
/// An entity that answers each message with its id, its incarnation and the message; it counts its messages and goes to sleep when it is told or has handled so many.
/// </summary>
internal sealed class EchoEntity : ReceiveActor
{
    private static int s_incarnations;

    private readonly IActorRef _observer;
    private int _handled;

    public EchoEntity(string id, IActorRef observer, int sleepAfter)
    {
        _observer = observer;
        var incarnation = Interlocked.Increment(ref s_incarnations);
        Receive<string>(_ => Context.Stop(Self), text => text == "stop");
        Receive<string>(_ => throw new InvalidOperationException("oops"), text => text == "fail");
        Receive<Passivate>(Context.Parent.Tell);
        ReceiveAny(message =>
        {
            Sender.Tell(new Echo(id, incarnation, message));
            if (++_handled == sleepAfter)
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        });
    }

    protected override void PostStop() => _observer.Tell("stopped");

    internal sealed record Echo(string Id, int Incarnation, object Message);
}
