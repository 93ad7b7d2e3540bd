using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <summary>Questions from outside of actors. Stands for <c>Akka.Actor.Futures</c>.</summary>
public static class Futures
{
    /// <summary>Stands for <c>Akka.Actor.Futures.Ask{T}(ICanTell, object, TimeSpan?)</c>.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>
    /// Stands for <c>Akka.Actor.Futures.Ask{T}(ICanTell, object, TimeSpan?, CancellationToken)</c>: sends the message with a sender that takes
    /// one reply. A reply that comes too late is a dead letter.
    /// </summary>
    /// <param name="self">Whom to ask.</param>
    /// <param name="message">The question.</param>
    /// <param name="timeout">By the system's clock; null waits without a limit.</param>
    /// <param name="cancellationToken">Stops the waiting, not the work.</param>
    /// <exception cref="ArgumentException">The receiver belongs to no actor system; or, from the task, the reply has another type.</exception>
    /// <exception cref="AskTimeoutException">From the task: no reply in time.</exception>
    /// <returns>The reply. If it is a <see cref="Status.Failure"/>, and T is not that, the task fails with its cause.</returns>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = (self as InternalActorRef)?.System ?? ActorCell.Current?.System
            ?? throw new ArgumentException($"{self} belongs to no actor system: it cannot be asked.", nameof(self));
        var future = new FutureActorRef<T>(system, $"{message?.GetType()} to {self}");
        future.LimitTo(timeout, cancellationToken);
        self.Tell(message!, future);
        return future.Result;
    }
}

/// <summary>The sender of one question. Stands for <c>Akka.Actor.FutureActorRef{T}</c>.</summary>
internal sealed class FutureActorRef<T>(ActorSystem system, string question) : InternalActorRef
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private CancellationTokenRegistration _cancellation;

    public override ActorPath Path { get; } = system.NextTempPath();

    internal override ActorSystem System => system;

    internal override bool IsTerminated => _result.Task.IsCompleted;

    internal Task<T> Result => _result.Task;

    internal void LimitTo(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (timeout is { } time && time > TimeSpan.Zero)
        {
            _timer = system.Settings.TimeProvider.CreateTimer(static state => ((FutureActorRef<T>)state!).OnTimeout(), this, time, Timeout.InfiniteTimeSpan);
            _limit = time;
        }

        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((FutureActorRef<T>)state!)._result.TrySetCanceled(token), this);
        }

        if (_timer is null && !cancellationToken.CanBeCanceled) return;
        _result.Task.ContinueWith(static (_, state) => ((FutureActorRef<T>)state!).Release(), this,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private TimeSpan _limit;

    public override void Tell(object message, IActorRef? sender)
    {
        RequireMessage(message);
        var taken = message switch
        {
            T reply => _result.TrySetResult(reply),
            Status.Failure failure => _result.TrySetException(failure.Cause),
            _ => _result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (!taken && !_result.Task.IsCanceled) system.DeadLetters.Tell(new Event.DeadLetter(message, sender ?? system.DeadLetters, this), sender);
    }

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is not Watch watch) return;
        _result.Task.ContinueWith(_ => watch.Watcher.SendSystemMessage(new DeathWatchNotification(this)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void OnTimeout() => _result.TrySetException(new AskTimeoutException(
        $"No reply within {_limit}: {question}. Whether the message was processed is not known."));

    private void Release()
    {
        _timer?.Dispose();
        _cancellation.Unregister();
    }
}
