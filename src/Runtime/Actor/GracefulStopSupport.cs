using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <summary>Waiting for an actor's end from outside. Stands for <c>Akka.Actor.GracefulStopSupport</c>.</summary>
public static class GracefulStopSupport
{
    /// <summary>
    /// Stands for <c>Akka.Actor.GracefulStopSupport.GracefulStop(IActorRef, TimeSpan)</c>: sends a <see cref="PoisonPill"/>, so that the actor
    /// first handles what is in its mailbox.
    /// </summary>
    /// <param name="target">The actor.</param>
    /// <param name="timeout">By the system's clock.</param>
    /// <returns>True when the actor is dead. Whether its name is free again is then not known. Cancelled when the time is over.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout)
    {
        if (target is not InternalActorRef { System: { } system } actor)
            throw new ArgumentException($"{target} belongs to no actor system: it cannot be stopped.", nameof(target));
        var watcher = new DeathWatcher(system, timeout);
        actor.SendSystemMessage(new Watch(actor, watcher));
        actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        return watcher.WaitFor(actor);
    }

    private sealed class DeathWatcher(ActorSystem system, TimeSpan timeout) : InternalActorRef
    {
        private readonly TaskCompletionSource<bool> _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ActorPath Path { get; } = system.NextTempPath();

        internal override ActorSystem System => system;

        public override void Tell(object message, IActorRef? sender) => system.DeadLetters.Tell(message, sender);

        internal override void SendSystemMessage(SystemMessage message)
        {
            if (message is DeathWatchNotification) _dead.TrySetResult(true);
        }

        internal async Task<bool> WaitFor(InternalActorRef actor)
        {
            try
            {
                return await _dead.Task.WaitAsync(timeout, system.Settings.TimeProvider);
            }
            catch (TimeoutException)
            {
                actor.SendSystemMessage(new Unwatch(this));
                throw new TaskCanceledException($"{actor} did not stop within {timeout}; it stops when it has handled its messages.");
            }
        }
    }
}
