using CacheMachine.Runtime.Dispatch;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// The actors at the top: <c>/</c>, with <c>/user</c> for what <see cref="ActorSystem.ActorOf"/> makes and <c>/system</c> for the
/// runtime's own. When one of the two fails or stops, the whole system ends: the user's actors first, then the system's.
/// </summary>
internal static class Guardians
{
    internal static (ActorCell User, ActorCell System) Start(ActorSystem system, ActorPath rootPath)
    {
        var root = new ActorCell(system, Props.Create<RootGuardian>(), new Walker(system, rootPath), rootPath);
        var user = root.AddChild(Props.Create<Guardian>().WithSupervisorStrategy(system.Settings.GuardianSupervisorStrategy), UserName);
        var ofSystem = root.AddChild(Props.Create<Guardian>(), SystemName);
        root.Mailbox.Enqueue(new Create());
        return (user.Cell, ofSystem.Cell);
    }

    private const string UserName = "user";

    private const string SystemName = "system";

    private sealed class Guardian : ReceiveActor;

    private sealed class RootGuardian : ReceiveActor
    {
        public RootGuardian() => Receive<Terminated>(dead =>
        {
            if (dead.ActorRef.Path.Name == UserName) Context.Stop(Cell.Child(SystemName));
            else Context.Stop(Self);
        });

        protected override void PreStart()
        {
            Context.Watch(Cell.Child(UserName));
            Context.Watch(Cell.Child(SystemName));
        }

        private protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            Cell.System.Logger.LogCritical(cause, "A guardian of the actor system {System} failed: the system terminates.", Cell.System.Name);
            return Directive.Stop;
        });
    }

    /// <summary>The parent of the root. Stands for <c>Akka.Actor.RootGuardianSupervisor</c>.</summary>
    private sealed class Walker(ActorSystem system, ActorPath rootPath) : InternalActorRef
    {
        public override ActorPath Path { get; } = new(rootPath, "_Root-guardian-supervisor");

        internal override ActorSystem System => system;

        public override void Tell(object message, IActorRef? sender) => RequireMessage(message);

        internal override void SendSystemMessage(SystemMessage message)
        {
            switch (message)
            {
                case Failed failed: failed.Child.Stop(); break;
                case DeathWatchNotification: _ = System.FinishTermination(); break;
                default: break;
            }
        }
    }
}
