using System.Collections.Concurrent;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.TestKit;

/// <summary>Puts all it gets into a queue that the test reads. Stands for <c>Akka.TestKit.Internal.InternalTestActor</c>.</summary>
internal sealed class QueueActor : ReceiveActor
{
    public QueueActor(BlockingCollection<Received> queue)
    {
        Receive<WatchCommand>(command =>
        {
            if (command.Watch) Context.Watch(command.Subject);
            else Context.Unwatch(command.Subject);
            Sender.Tell(command);
        });
        ReceiveAny(message => queue.Add(new Received(message, Sender)));
    }

    /// <summary>A message and its sender, as they came.</summary>
    internal sealed record Received(object Message, IActorRef Sender);

    /// <summary>Answered with itself when it is done.</summary>
    internal sealed record WatchCommand(IActorRef Subject, bool Watch);
}
