namespace CacheMachine.Actors;

/// <summary>
/// Keeps a log short: saves the state now and then, and when that is durable, deletes what it makes superfluous but for the latest events,
/// which are the history.
/// </summary>
/// <remarks>
/// The state is not saved before as many bytes of events have been stored as it has itself: so what is written for an event does not grow
/// with the state, and a recovery reads at most twice what the state alone would be. Events from before the snapshot that a recovery began
/// with have an unknown size; an earlier run has left no more of them than it was allowed to.
/// </remarks>
/// <param name="system">Knows how events are stored.</param>
/// <param name="every">Events between two snapshots, if they are not many bytes.</param>
/// <param name="history">Events that are kept before a snapshot.</param>
/// <param name="historySize">The same in bytes.</param>
public sealed class JournalCompaction(ActorSystem system, int every, int history, long historySize)
{
    /// <summary>Events that are kept unless told.</summary>
    public const int DefaultHistory = 1000;

    /// <summary>Bytes that are kept unless told.</summary>
    public const long DefaultHistorySize = 10 << 20;

    private readonly Queue<(long SequenceNr, long Size)> _known = new();
    private long _knownSize;
    private long _snapshotAt;
    private long _snapshotSize;
    private long _sizeSince;

    /// <summary>Recovery began with this snapshot.</summary>
    public void Recovered(SnapshotOffer offer) => (_snapshotAt, _snapshotSize) = (offer.Metadata.SequenceNr, SizeOf(offer.Snapshot));

    /// <summary>An event was stored, or read in the recovery.</summary>
    public void Stored(long sequenceNr, object @event)
    {
        var size = SizeOf(@event);
        _known.Enqueue((sequenceNr, size));
        _knownSize += size;
        _sizeSince += size;
    }

    /// <summary>To be called after events have been applied.</summary>
    /// <param name="actor">Whose log it is.</param>
    /// <param name="state">What is saved, if that is due.</param>
    public void SaveIfDue(Eventsourced actor, object state)
    {
        var many = actor.LastSequenceNr - _snapshotAt >= every || _sizeSince >= historySize / 4;
        if (!many || _sizeSince < _snapshotSize)
            return;
        (_snapshotAt, _snapshotSize, _sizeSince) = (actor.LastSequenceNr, SizeOf(state), 0);
        actor.SaveSnapshot(state);
    }

    /// <summary>The snapshot is durable. What fails to be deleted is deleted after the next one.</summary>
    public void Saved(Eventsourced actor, SnapshotMetadata snapshot)
    {
        var last = snapshot.SequenceNr - history;
        while (_known.TryPeek(out var oldest) && oldest.SequenceNr <= snapshot.SequenceNr
            && (oldest.SequenceNr <= last || _knownSize > historySize))
        {
            last = Math.Max(last, oldest.SequenceNr);
            _knownSize -= _known.Dequeue().Size;
        }
        if (last > 0)
            actor.DeleteMessages(last);
        actor.DeleteSnapshots(new SnapshotSelectionCriteria(snapshot.SequenceNr - 1));
    }

    private long SizeOf(object stored) => system.Serialization.FindSerializerFor(stored).ToBinary(stored).Length;
}
