namespace CacheMachine.Actors;

/// <summary>
/// Keeps a log short: saves the state now and then, and when that is durable, deletes what it makes superfluous but for the latest events, which are the history.
/// </summary>
/// <param name="every">Events between two snapshots.</param>
/// <param name="history">Events that are kept before a snapshot.</param>
public sealed class JournalCompaction(int every, int history)
{
    /// <summary>Events that are kept unless told.</summary>
    public const int DefaultHistory = 1000;

    private long _snapshotAt;

    /// <summary>Recovery began with this snapshot.</summary>
    public void Recovered(SnapshotMetadata snapshot) => _snapshotAt = snapshot.SequenceNr;

    /// <summary>To be called after events have been applied.</summary>
    /// <param name="actor">Whose log it is.</param>
    /// <param name="state">What is saved, if that is due.</param>
    public void SaveIfDue(Eventsourced actor, object state)
    {
        if (actor.LastSequenceNr - _snapshotAt < every)
            return;
        _snapshotAt = actor.LastSequenceNr;
        actor.SaveSnapshot(state);
    }

    /// <summary>The snapshot is durable. What fails to be deleted is deleted after the next one.</summary>
    public void Saved(Eventsourced actor, SnapshotMetadata snapshot)
    {
        if (snapshot.SequenceNr > history)
            actor.DeleteMessages(snapshot.SequenceNr - history);
        actor.DeleteSnapshots(new SnapshotSelectionCriteria(snapshot.SequenceNr - 1));
    }
}
