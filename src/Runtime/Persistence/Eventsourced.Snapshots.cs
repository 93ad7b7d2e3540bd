using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

public abstract partial class Eventsourced
{
    /// <summary>
    /// Saves a state under <see cref="LastSequenceNr"/>. It is turned into bytes before this returns; <see cref="SaveSnapshotSuccess"/> or
    /// <see cref="SaveSnapshotFailure"/> comes as a command. Stands for <c>Eventsourced.SaveSnapshot</c>.
    /// </summary>
    public void SaveSnapshot(object snapshot)
    {
        var metadata = new SnapshotMetadata(PersistenceId, LastSequenceNr, _time.GetUtcNow().UtcDateTime);
        Answer(
            () => _extension.Store.Snapshots.SaveAsync(metadata, _extension.Serializer.Serialize(snapshot)),
            new SaveSnapshotSuccess(metadata),
            e => new SaveSnapshotFailure(metadata, e));
    }

    /// <summary>
    /// Deletes snapshots; <see cref="DeleteSnapshotsSuccess"/> or <see cref="DeleteSnapshotsFailure"/> comes as a command. Stands for <c>Eventsourced.DeleteSnapshots</c>.
    /// </summary>
    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) => Answer(
        () => _extension.Store.Snapshots.DeleteAsync(PersistenceId, criteria),
        new DeleteSnapshotsSuccess(criteria),
        e => new DeleteSnapshotsFailure(criteria, e));

    /// <summary>
    /// Deletes events up to a number, inclusive; <see cref="DeleteMessagesSuccess"/> or <see cref="DeleteMessagesFailure"/> comes as a command. Stands for
    /// <c>Eventsourced.DeleteMessages</c>.
    /// </summary>
    /// <param name="toSequenceNr">At most <see cref="LastSequenceNr"/>; <see cref="long.MaxValue"/> means that.</param>
    public void DeleteMessages(long toSequenceNr)
    {
        if (toSequenceNr == long.MaxValue)
            toSequenceNr = LastSequenceNr;
        if (toSequenceNr > LastSequenceNr)
        {
            var cause = new InvalidOperationException($"toSequenceNr [{toSequenceNr}] must be less than or equal to LastSequenceNr [{LastSequenceNr}]");
            Self.Tell(new DeleteMessagesFailure(cause, toSequenceNr), Self);
            return;
        }
        Answer(
            () => _extension.Store.Journal.DeleteToAsync(PersistenceId, toSequenceNr),
            new DeleteMessagesSuccess(toSequenceNr),
            e => new DeleteMessagesFailure(e, toSequenceNr));
    }

    /// <summary>Begins the work in the actor's turn and sends how it ended as a command; what the beginning throws is a failure like any other.</summary>
    private void Answer(Func<Task> work, object success, Func<Exception, object> failure)
    {
        _ = Begin().PipeTo(Self, Self, () => success, failure);

        async Task Begin() => await work().ConfigureAwait(false);
    }

    /// <summary>A failure that no handler wants is logged, because nothing else would tell of it. Stands for <c>Eventsourced.Unhandled</c>.</summary>
    private protected override void Unhandled(object message)
    {
        switch (message)
        {
            case RecoveryCompleted:
                return;
            case SaveSnapshotFailure failure:
                Log.Warning(failure.Cause, "Cannot save the snapshot of {PersistenceId} at {SequenceNr}.", PersistenceId, failure.Metadata.SequenceNr);
                break;
            case DeleteSnapshotsFailure failure:
                Log.Warning(failure.Cause, "Cannot delete the snapshots of {PersistenceId} up to {SequenceNr}.", PersistenceId, failure.Criteria.MaxSequenceNr);
                break;
            case DeleteMessagesFailure failure:
                Log.Warning(failure.Cause, "Cannot delete the events of {PersistenceId} up to {SequenceNr}.", PersistenceId, failure.ToSequenceNr);
                break;
        }
        base.Unhandled(message);
    }
}
