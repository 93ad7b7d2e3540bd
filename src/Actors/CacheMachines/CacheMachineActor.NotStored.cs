using CacheMachine.Actors.Journal;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>What the machine does while its journal takes nothing: it answers from memory, refuses commands, and keeps the rest to decide it again.</summary>
public sealed partial class CacheMachineActor
{
    private static readonly TimeSpan DecideAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Undecided _undecided = new();
    private readonly JournalCompaction _compaction;
    private IMachineMessage? _deciding;
    private bool _storesNothing;

    private void CommandsAboutTheJournal()
    {
        Command<DecideAgain>(_ =>
        {
            foreach (var message in _undecided.Take())
                Self.Tell(message, ActorRefs.NoSender);
        });
        Command<SaveSnapshotSuccess>(m => _compaction.Saved(this, m.Metadata));
        Command<SaveSnapshotFailure>(m => _log.Warning("Machine {0} has no new snapshot, its next start takes longer: {1}", _name, m.Cause.Message));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
    }

    /// <summary>Whoever wants an answer gets it at once; the rest waits for its time, behind what waits already.</summary>
    private bool MustWait(IMachineMessage message)
    {
        if (WantsAnswer(message) || !Timers.IsTimerActive(nameof(DecideAgain)))
            return false;
        _undecided.Add(message);
        return true;
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Once for each event of the decision; the first one ends it.
        if (_deciding is not { } message)
            return;
        _deciding = null;
        if (!_storesNothing)
            _log.Warning("Machine {0} can store nothing, and does nothing new, until it can: {1}", _name, cause.Message);
        _storesNothing = cause is JournalUnavailableException;
        if (WantsAnswer(message))
            Sender.Tell(new NotStored(cause.Message));
        else if (_storesNothing)
            _undecided.Add(message);
        if (_storesNothing)
            Timers.StartSingleTimer(nameof(DecideAgain), DecideAgain.Instance, DecideAgainAfter);
    }

    private void StoresAgain()
    {
        if (_storesNothing)
            _log.Info("Machine {0} can store again", _name);
        (_deciding, _storesNothing) = (null, false);
    }

    private static bool WantsAnswer(IMachineMessage message) => message is ConfigureMachine { WantsAnswer: true } or DeleteMachine;

    private sealed record DecideAgain
    {
        public static DecideAgain Instance { get; } = new();
    }
}
