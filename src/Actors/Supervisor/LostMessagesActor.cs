using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Supervisor;

/// <summary>
/// Answers for actors that stopped before they could: an actor whose journal fails takes along what waits for it. Who asked is told so at once, and
/// need not wait in vain. One on each replica.
/// </summary>
public sealed class LostMessagesActor : ReceiveActor
{
    /// <param name="troubles">Knows why the journal fails.</param>
    public LostMessagesActor(JournalTroubles troubles) => Receive<DeadLetter>(
        lost => lost.Sender.Tell(new NotStored(troubles.Recent ?? "the actor that it was for has stopped")),
        lost => lost.Message is IMachineCommand or ISupervisorCommand && !lost.Sender.Equals(Context.System.DeadLetters));

    /// <inheritdoc/>
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
}
