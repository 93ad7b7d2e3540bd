namespace CacheMachine.Runtime.Dispatch;

/// <summary>Lock-free stack of system messages that is taken whole, oldest first. Linked through the messages: no allocation.</summary>
internal struct SystemMessageQueue
{
    private SystemMessage? _newest;

    internal readonly bool IsEmpty => Volatile.Read(in _newest) is null;

    internal void Enqueue(SystemMessage message)
    {
        SystemMessage? newest;
        do
        {
            newest = Volatile.Read(ref _newest);
            message.Next = newest;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _newest, message, newest), newest));
    }

    /// <summary>All messages so far, as a list linked by Next in the order in which they were sent; null if there is none.</summary>
    internal SystemMessage? TakeAll()
    {
        var message = Interlocked.Exchange(ref _newest, null);
        SystemMessage? oldest = null;
        while (message is not null)
        {
            var older = message.Next;
            message.Next = oldest;
            oldest = message;
            message = older;
        }

        return oldest;
    }
}
