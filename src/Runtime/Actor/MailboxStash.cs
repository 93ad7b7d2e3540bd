using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// A stash in front of one actor's mailbox. An actor can have several; each keeps its own order. Used only while the actor's code
/// runs. Stands for <c>Akka.Actor.Internal.AbstractStash</c>.
/// </summary>
internal sealed class MailboxStash(ActorCell cell) : IStash
{
    private readonly LinkedList<Envelope> _stashed = new();
    private long _last;

    internal int Count => _stashed.Count;

    public void Stash()
    {
        var envelope = cell.CurrentEnvelope;
        if (envelope.Message is null) throw new IllegalActorStateException($"{cell.Self} can stash only while it handles a message.");
        if (_last == cell.Turn)
            throw new IllegalActorStateException($"{cell.Self} cannot stash the same message {envelope.Message.GetType()} more than once.");
        _last = cell.Turn;
        // It comes out of the mailbox a second time, and must pass as what has not been seen yet.
        if (envelope.Message is Terminated terminated) cell.ExpectTerminated(terminated.ActorRef);
        _stashed.AddLast(envelope);
    }

    public void Unstash()
    {
        if (_stashed.First is not { } oldest) return;
        _stashed.RemoveFirst();
        cell.Mailbox.Prepend([oldest.Value]);
    }

    public void UnstashAll() => cell.Mailbox.Prepend(ClearStash());

    /// <summary>Puts envelopes before what is stashed, in the order given. Stands for <c>Akka.Actor.IStash.Prepend</c>.</summary>
    internal void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        for (var i = envelopes.Count - 1; i >= 0; i--) _stashed.AddFirst(envelopes[i]);
    }

    /// <summary>Empties the stash. Stands for <c>Akka.Actor.IStash.ClearStash</c>.</summary>
    /// <returns>What was in it, oldest first.</returns>
    internal IReadOnlyList<Envelope> ClearStash()
    {
        if (_stashed.Count == 0) return [];
        Envelope[] all = [.. _stashed];
        _stashed.Clear();
        return all;
    }
}
