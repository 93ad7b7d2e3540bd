using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Waiting for an actor's end from outside.</summary>
internal static class Stopping
{
    /// <summary>Stops an actor and its children; done when they are dead.</summary>
    /// <exception cref="TimeoutException">They take longer than <see cref="Pace.Stuck"/>.</exception>
    public static async Task StopAsync(this ActorSystem system, IActorRef actor)
    {
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Watcher(actor, dead)));
        await dead.Task.WaitAsync(Pace.Stuck, TimeProvider.System);
    }

    private sealed class Watcher : ReceiveActor
    {
        private readonly IActorRef _actor;

        public Watcher(IActorRef actor, TaskCompletionSource dead)
        {
            _actor = actor;
            Receive<Terminated>(_ =>
            {
                dead.SetResult();
                Context.Stop(Self);
            });
        }

        protected override void PreStart() => Context.Stop(Context.Watch(_actor));
    }
}
