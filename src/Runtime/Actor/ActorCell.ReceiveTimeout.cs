namespace CacheMachine.Runtime.Actor;

/// <content>The time-out of an idle actor.</content>
internal sealed partial class ActorCell
{
    private ITimer? _receiveTimer;
    private TimeSpan? _receiveTimeout;

    /// <summary>
    /// Stands for <c>Akka.Actor.IActorContext.SetReceiveTimeout</c>: a <see cref="ReceiveTimeout"/> comes when no message came for that
    /// long, again and again until it is set to null.
    /// </summary>
    internal void SetReceiveTimeout(TimeSpan? receiveTimeout)
    {
        if (receiveTimeout is { } time) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(receiveTimeout));
        _receiveTimeout = receiveTimeout;
        if (receiveTimeout is null)
        {
            _receiveTimer?.Dispose();
            _receiveTimer = null;
            return;
        }

        _receiveTimer ??= System.Settings.TimeProvider.CreateTimer(
            static state => ((LocalActorRef)state!).Tell(ReceiveTimeout.Instance, ActorRefs.NoSender),
            SelfRef, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        RestartReceiveTimeout();
    }

    private void RestartReceiveTimeout()
    {
        if (_receiveTimeout is { } time) _receiveTimer?.Change(time, Timeout.InfiniteTimeSpan);
    }
}
