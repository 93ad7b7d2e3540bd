using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// An actor whose state is the sum of its events. Stands for Akka.NET's <c>Akka.Persistence.Eventsourced</c>. It recovers before its first command; while an
/// event is on its way to the journal its commands wait; no thread waits for the journal, whose answers come as messages.
/// </summary>
public abstract partial class Eventsourced : ActorBase
{
    private static long s_instances;

    private readonly long _instanceId = Interlocked.Increment(ref s_instances);
    private readonly PersistenceExtension _extension;
    private readonly TimeProvider _time;
    private readonly MailboxStash _waiting;
    private Phase _phase = Phase.Recovering;

    /// <summary>Stands for the constructor of Akka.NET's <c>Eventsourced</c>.</summary>
    /// <exception cref="InvalidOperationException">The system has no journal; see <see cref="Persistence.Attach"/>.</exception>
    protected Eventsourced()
    {
        _extension = Persistence.Get(Context.System);
        _time = Context.System.Settings.TimeProvider;
        _waiting = new MailboxStash(Cell);
        Log = Context.GetLogger();
    }

    private enum Phase
    {
        /// <summary>The past is being replayed; commands wait.</summary>
        Recovering,

        /// <summary>Commands run.</summary>
        Processing,

        /// <summary>Events that must be stored before the next command are on their way; commands wait.</summary>
        Persisting,

        /// <summary>Recovery or a write has failed and the stop is on its way; nothing is processed any more.</summary>
        Failed,
    }

    /// <summary>The name of the log; must be unique in the database and must not change in the life of the actor.</summary>
    public abstract string PersistenceId { get; }

    /// <summary>True until <see cref="RecoveryCompleted"/> is handled. Stands for <c>Eventsourced.IsRecovering</c>.</summary>
    private protected bool IsRecovering => _phase == Phase.Recovering && !_replayed;

    /// <summary>The number of the last event that was replayed or stored. Stands for <c>Eventsourced.LastSequenceNr</c>.</summary>
    public long LastSequenceNr { get; private set; }

    /// <summary>Stands for <c>Eventsourced.Log</c>.</summary>
    private protected ILoggingAdapter Log { get; }

    /// <summary>Handles a replayed event, a <see cref="SnapshotOffer"/> or <see cref="RecoveryCompleted"/>; false if it has no handler. Must have no effect but on the state.</summary>
    private protected abstract bool ReceiveRecover(object message);

    /// <summary>Handles a command; false if it has no handler.</summary>
    private protected abstract bool ReceiveCommand(object message);

    /// <inheritdoc/>
    private protected sealed override bool Receive(object message) => ReceiveCommand(message);

    /// <summary>
    /// The actor could not recover and stops after this. Stands for <c>Eventsourced.OnRecoveryFailure</c>.
    /// </summary>
    /// <param name="reason">What failed.</param>
    /// <param name="message">The event whose handler failed, or null if reading failed.</param>
    private protected virtual void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (message is null)
            Log.Error(reason, "Cannot recover {PersistenceId}: reading failed after sequence number {SequenceNr}. The actor stops.", PersistenceId, LastSequenceNr);
        else
            Log.Error(reason, "Cannot recover {PersistenceId}: the handler of {Event} with sequence number {SequenceNr} failed. The actor stops.", PersistenceId, message.GetType(), LastSequenceNr);
    }

    /// <summary>The journal failed, and it may not be known whether the event is stored; the actor stops after this. Stands for <c>Eventsourced.OnPersistFailure</c>.</summary>
    /// <param name="cause">A <see cref="SequenceNumberConflictException"/> when another writer owns the log, else what the storage said.</param>
    /// <param name="event">The first event of the batch that failed.</param>
    /// <param name="sequenceNr">Its number.</param>
    private protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "Cannot persist {Event} with sequence number {SequenceNr} of {PersistenceId}. The actor stops.", @event.GetType(), sequenceNr, PersistenceId);

    /// <summary>The event cannot be serialized, the journal refuses it as it is, or it is unavailable; the event is not stored, its callback is not called, and the actor goes on. Stands for <c>Eventsourced.OnPersistRejected</c>.</summary>
    /// <param name="cause">Why; a <see cref="JournalUnavailableException"/> when trying again later may help, which is no case of Akka.NET's.</param>
    /// <param name="event">The event.</param>
    /// <param name="sequenceNr">Its number; after a <see cref="JournalUnavailableException"/> it is free again, else it stays unused.</param>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "Rejected to persist {Event} with sequence number {SequenceNr} of {PersistenceId}.", @event.GetType(), sequenceNr, PersistenceId);
}
