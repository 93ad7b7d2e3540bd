using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// Messages set aside in front of one actor's mailbox, in their order: the commands of a persistent actor that wait for its journal. Used only while the actor's code
/// runs. Stands for <c>Akka.Actor.Internal.AbstractStash</c>.
/// </summary>
internal sealed class MailboxStash(ActorCell cell)
{
    private readonly Queue<Envelope> _stashed = new();

    /// <summary>Sets the message that is being handled aside, with its sender; once a message.</summary>
    internal void Stash()
    {
        var envelope = cell.CurrentEnvelope;
        // It comes out of the mailbox a second time, and must pass as what has not been seen yet.
        if (envelope.Message is Terminated terminated) cell.ExpectTerminated(terminated.ActorRef);
        _stashed.Enqueue(envelope);
    }

    /// <summary>Puts the oldest one to the front of the mailbox.</summary>
    internal void Unstash()
    {
        if (_stashed.TryDequeue(out var oldest)) cell.Mailbox.Prepend([oldest]);
    }

    /// <summary>Puts all to the front of the mailbox, in the order of stashing.</summary>
    internal void UnstashAll()
    {
        if (_stashed.Count == 0) return;
        cell.Mailbox.Prepend([.. _stashed]);
        _stashed.Clear();
    }
}
