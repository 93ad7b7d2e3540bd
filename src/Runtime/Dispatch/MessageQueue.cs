namespace CacheMachine.Runtime.Dispatch;

/// <summary>
/// An unbounded first-in-first-out queue for many producers and one consumer at a time, without locks: a linked list whose
/// tail is swapped by producers. Messages of one producer keep their order.
/// </summary>
internal sealed class MessageQueue
{
    private Node _head;
    private Node _tail;

    internal MessageQueue() => _head = _tail = new Node();

    /// <summary>
    /// True when nothing was enqueued after the last message taken. A message whose producer is between its two steps makes this
    /// false although <see cref="TryDequeue"/> does not see it yet: the consumer must then try again, it will appear.
    /// </summary>
    internal bool IsEmpty => ReferenceEquals(Volatile.Read(ref _tail), Volatile.Read(ref _head));

    /// <summary>Any thread. Has the effect of a full memory fence before it returns (the exchange of the tail).</summary>
    internal void Enqueue(in Envelope envelope)
    {
        var node = new Node { Value = envelope };
        var previous = Interlocked.Exchange(ref _tail, node);
        Volatile.Write(ref previous.Next, node);
    }

    /// <summary>Only the consumer.</summary>
    internal bool TryDequeue(out Envelope envelope)
    {
        var head = _head;
        var next = Volatile.Read(ref head.Next);
        if (next is null)
        {
            envelope = default;
            return false;
        }

        envelope = next.Value;
        next.Value = default; // the node stays as the new head: it must not keep the message alive
        head.Next = null;     // an old dead node must not keep a chain of younger ones alive in the garbage collector's eyes
        Volatile.Write(ref _head, next);
        return true;
    }

    private sealed class Node
    {
        internal Envelope Value;
        internal Node? Next;
    }
}
