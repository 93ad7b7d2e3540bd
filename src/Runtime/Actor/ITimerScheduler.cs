namespace CacheMachine.Runtime.Actor;

/// <summary>
/// An actor's own timers, by key. Stands for <c>Akka.Actor.ITimerScheduler</c>. Starting a key again replaces its timer. After a timer was
/// cancelled or replaced none of its messages arrives any more, not even one that is in the mailbox. Timers end when the actor
/// is restarted or stopped.
/// </summary>
public interface ITimerScheduler
{
    /// <summary>Stands for <c>Akka.Actor.ITimerScheduler.StartSingleTimer</c>.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Stands for <c>Akka.Actor.ITimerScheduler.StartPeriodicTimer(object, object, TimeSpan)</c>: first after one interval.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>Stands for <c>Akka.Actor.ITimerScheduler.StartPeriodicTimer(object, object, TimeSpan, TimeSpan)</c>.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Stands for <c>Akka.Actor.ITimerScheduler.IsTimerActive</c>: a single timer is active until its message is handled.</summary>
    bool IsTimerActive(object key);

    /// <summary>Stands for <c>Akka.Actor.ITimerScheduler.Cancel</c>.</summary>
    void Cancel(object key);
}

/// <summary>
/// Gives an actor timers, set after the constructor and before PreStart. Stands for <c>Akka.Actor.IWithTimers</c>.
/// </summary>
public interface IWithTimers
{
    /// <summary>Stands for <c>Akka.Actor.IWithTimers.Timers</c>; only the runtime sets it.</summary>
    ITimerScheduler Timers { get; set; }
}
