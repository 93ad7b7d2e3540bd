namespace CacheMachine.Runtime.Actor;

/// <summary>Something that can be called off. Stands for <c>Akka.Actor.ICancelable</c>.</summary>
internal interface ICancelable
{
    /// <summary>Stands for <c>Akka.Actor.ICancelable.Cancel</c>: harmless when it is too late.</summary>
    void Cancel();
}

/// <summary>Sends messages later, by the system's clock. Stands for <c>Akka.Actor.IScheduler</c> (<c>ITellScheduler</c>).</summary>
internal interface IScheduler
{
    /// <summary>Stands for <c>Akka.Actor.ITellScheduler.ScheduleTellOnce</c>.</summary>
    /// <param name="delay">Zero or more.</param>
    /// <param name="receiver">Who gets the message.</param>
    /// <param name="message">What it gets.</param>
    /// <param name="sender">Who gets the replies.</param>
    /// <exception cref="ObjectDisposedException">The system has terminated.</exception>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>
    /// Stands for <c>Akka.Actor.SchedulerExtensions.ScheduleTellOnceCancelable</c>: as <see cref="ScheduleTellOnce"/>, but it can be
    /// called off.
    /// </summary>
    ICancelable ScheduleTellOnceCancelable(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);
}
