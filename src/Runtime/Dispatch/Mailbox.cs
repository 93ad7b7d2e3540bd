using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Dispatch;

/// <summary>
/// The queues of one actor and its turn on the thread pool. At most one thread runs a mailbox at a time, and everything that is
/// not a queue is touched only by that thread; that is what makes an actor process one message at a time without a lock.
/// After <see cref="Close"/> the same turns hand what still arrives to the dead letters, so that no message is lost in between.
/// </summary>
internal sealed class Mailbox(ActorCell cell, ActivityTracker? activity) : IThreadPoolWorkItem
{
    /// <summary>User messages in one turn, then other actors get the thread.</summary>
    private const int Throughput = 100;

    private readonly MessageQueue _messages = new();
    private SystemMessageQueue _systemMessages;
    private Stack<Envelope>? _front;
    private int _scheduled;
    private int _suspensions;
    private bool _closed;

    /// <summary>The actor is dead, or a thread is about to make it so; readable from any thread.</summary>
    internal bool IsClosed => Volatile.Read(ref _closed);

    internal bool IsSuspended => _suspensions > 0;

    internal void Enqueue(in Envelope envelope)
    {
        _messages.Enqueue(envelope);
        Schedule(preferLocal: true);
    }

    internal void Enqueue(SystemMessage message)
    {
        _systemMessages.Enqueue(message);
        Schedule(preferLocal: true);
    }

    /// <summary>Puts messages before all that wait, in the order given. Only from the actor's own turn.</summary>
    internal void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        _front ??= new Stack<Envelope>(envelopes.Count);
        for (var i = envelopes.Count - 1; i >= 0; i--) _front.Push(envelopes[i]);
    }

    internal void Suspend() => _suspensions++;

    internal void Resume()
    {
        if (_suspensions > 0) _suspensions--;
    }

    /// <summary>From now on this mailbox only feeds the dead letters. Only from the actor's own turn.</summary>
    internal void Close()
    {
        _suspensions = 0;
        Volatile.Write(ref _closed, true);
    }

    /// <inheritdoc/>
    public void Execute()
    {
        ActorCell.Current = cell;
        try
        {
            ProcessSystemMessages();
            for (var left = Throughput; left > 0 && !IsSuspended && TryDequeue(out var envelope); left--)
            {
                if (_closed) cell.DeadLetter(envelope);
                else cell.Invoke(envelope);
                if (!_systemMessages.IsEmpty) ProcessSystemMessages();
            }
        }
        finally
        {
            ActorCell.Current = null;
            var suspended = IsSuspended;
            var front = _front is { Count: > 0 };
            Interlocked.Exchange(ref _scheduled, 0);
            if (!_systemMessages.IsEmpty || (!suspended && (front || !_messages.IsEmpty))) Schedule(preferLocal: false);
            activity?.Exit();
        }
    }

    private void ProcessSystemMessages()
    {
        for (var message = _systemMessages.TakeAll(); message is not null;)
        {
            var next = message.Next;
            message.Next = null;
            cell.SystemInvoke(message);
            message = next ?? _systemMessages.TakeAll();
        }
    }

    private bool TryDequeue(out Envelope envelope) =>
        (_front is not null && _front.TryPop(out envelope)) || _messages.TryDequeue(out envelope);

    private void Schedule(bool preferLocal)
    {
        if (Volatile.Read(ref _scheduled) != 0 || Interlocked.CompareExchange(ref _scheduled, 1, 0) != 0) return;
        activity?.Enter();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal);
    }
}
