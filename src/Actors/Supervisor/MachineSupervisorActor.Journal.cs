using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;

namespace CacheMachine.Actors.Supervisor;

/// <summary>How the supervisor's log is kept short, and what is said while it takes nothing.</summary>
public sealed partial class MachineSupervisorActor
{
    private readonly JournalCompaction _compaction = new(every: 200, JournalCompaction.DefaultHistory);

    private void CommandsAboutTheJournal()
    {
        Command<SaveSnapshotSuccess>(m => _compaction.Saved(this, m.Metadata));
        Command<SaveSnapshotFailure>(m => _log.Warning("The list of machines has no new snapshot, the next start takes longer: {0}", m.Cause.Message));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        // From a machine that was told to go and cannot store that; it is told until it is gone.
        Command<NotStored>(_ => { });
    }

    private void Recover(SnapshotOffer offer)
    {
        _register = (MachineRegister)offer.Snapshot;
        _compaction.Recovered(offer.Metadata);
    }

    private void Apply(ISupervisorEvent stored)
    {
        _register = _register.Apply(stored);
        _compaction.SaveIfDue(this, _register);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Warning("The list of machines cannot be stored: {0}", cause.Message);
        // That a machine is gone is told again by the machine, when it is told again to go.
        if (@event is MachineCreated or MachineRemoving)
            Sender.Tell(new NotStored(cause.Message));
    }
}
