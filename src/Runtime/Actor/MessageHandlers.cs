namespace CacheMachine.Runtime.Actor;

/// <summary>
/// The handlers of one behaviour, tried in the order in which they were added. What a receive actor and a persistent receive actor
/// have in common.
/// </summary>
internal sealed class MessageHandlers
{
    private readonly List<Handler> _handlers = [];
    private bool _complete;

    internal void Add<T>(Action<T> handle, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (_complete)
            throw new InvalidOperationException(
                $"A handler for {typeof(T)} cannot be added after one that takes every message: it would never be called.");
        _handlers.Add(new Handler<T>(handle, shouldHandle));
        _complete = typeof(T) == typeof(object) && shouldHandle is null;
    }

    internal bool Handle(object message)
    {
        foreach (var handler in _handlers)
        {
            if (handler.TryHandle(message)) return true;
        }

        return false;
    }

    private abstract class Handler
    {
        internal abstract bool TryHandle(object message);
    }

    private sealed class Handler<T>(Action<T> handle, Predicate<T>? shouldHandle) : Handler
    {
        internal override bool TryHandle(object message)
        {
            if (message is not T typed || (shouldHandle is not null && !shouldHandle(typed))) return false;
            handle(typed);
            return true;
        }
    }
}
