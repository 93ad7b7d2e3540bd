namespace CacheMachine.Runtime.Actor;

/// <summary>A child and its restarts so far. Stands for <c>Akka.Actor.Internal.ChildRestartStats</c>.</summary>
internal sealed class ChildStats(LocalActorRef child)
{
    private int _restarts;
    private long? _windowStart;

    internal LocalActorRef Ref { get; } = child;

    /// <summary>Counts one restart. The rule is Akka's: with a range but no limit of retries, one restart a range is allowed.</summary>
    internal bool RequestRestartPermission(int maxRetries, TimeSpan? window, TimeProvider time)
    {
        if (maxRetries == 0) return false;
        if (window is not { } range) return maxRetries < 0 || ++_restarts <= maxRetries;

        var now = time.GetTimestamp();
        _windowStart ??= now;
        if (time.GetElapsedTime(_windowStart.Value, now) <= range) return ++_restarts <= (maxRetries > 0 ? maxRetries : 1);
        _restarts = 1;
        _windowStart = now;
        return true;
    }
}
