using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

public abstract partial class Eventsourced
{
    /// <summary>Events in one message: enough to make the way to the database pay, few enough to leave other actors their turn.</summary>
    private const int PageSize = 200;

    private bool _replayed;

    private void StartRecovery()
    {
        if (string.IsNullOrEmpty(PersistenceId))
            throw new InvalidOperationException($"PersistenceId is empty for the persistent actor {Self.Path}");
        Pipe(LoadSnapshotAsync());
    }

    private void Pipe(Task<EventsourcedReply> work) => _ = work.PipeTo(Self, ActorRefs.NoSender, failure: cause => new RecoveryFailed(_instanceId, cause));

    private async Task<EventsourcedReply> LoadSnapshotAsync()
    {
        await _extension.WhenWritesEndAsync(PersistenceId).ConfigureAwait(false);
        var stored = await _extension.Store.Snapshots.LoadLatestAsync(PersistenceId, SnapshotSelectionCriteria.Latest).ConfigureAwait(false);
        return new SnapshotLoaded(_instanceId, stored is null ? null : new SnapshotOffer(stored.Metadata, Deserialize(stored.Payload, "snapshot", stored.Metadata.SequenceNr)));
    }

    private async Task<EventsourcedReply> ReadPageAsync(long from)
    {
        var entries = await _extension.Store.Journal.ReadAsync(PersistenceId, from, long.MaxValue, PageSize).ConfigureAwait(false);
        var highest = entries.Count > 0 ? entries[^1].SequenceNr : await _extension.Store.Journal.HighestSequenceNrAsync(PersistenceId).ConfigureAwait(false);
        return new PageRead(_instanceId, [.. entries.Select(entry => (entry.SequenceNr, Deserialize(entry.Payload, "event", entry.SequenceNr)))], highest);
    }

    private object Deserialize(SerializedPayload payload, string what, long sequenceNr)
    {
        try
        {
            return _extension.Serializer.Deserialize(payload);
        }
        catch (Exception e)
        {
            throw new PersistenceException($"recover '{PersistenceId}': the {what} with sequence number {sequenceNr} and manifest '{payload.Manifest}' cannot be read: {e.Message}", e);
        }
    }

    private void OnSnapshotLoaded(SnapshotLoaded loaded)
    {
        if (loaded.Offer is { } offer)
        {
            LastSequenceNr = offer.Metadata.SequenceNr;
            if (!TryRecover(offer, out var handled))
                return;
            // Nobody wants the snapshot, so its events have to be replayed.
            if (!handled)
                LastSequenceNr = 0;
        }
        ReadNextPage();
    }

    private void ReadNextPage() => Pipe(ReadPageAsync(LastSequenceNr + 1));

    private void OnPageRead(PageRead page)
    {
        foreach (var (sequenceNr, @event) in page.Events)
        {
            LastSequenceNr = sequenceNr;
            if (!TryRecover(@event, out _))
                return;
        }
        if (page.Events.Count > 0)
            ReadNextPage();
        else
            CompleteRecovery(page.HighestSequenceNr);
    }

    /// <summary>False: the handler threw, and the actor is stopping.</summary>
    private bool TryRecover(object message, out bool handled)
    {
        handled = false;
        try
        {
            handled = base.AroundReceive(ReceiveRecover, message);
            return true;
        }
        catch (Exception e)
        {
            FailRecovery(e, message);
            return false;
        }
    }

    private void CompleteRecovery(long highest)
    {
        LastSequenceNr = _highestAssigned = Math.Max(LastSequenceNr, highest);
        _replayed = true;
        try
        {
            base.AroundReceive(ReceiveRecover, RecoveryCompleted.Instance);
        }
        finally
        {
            Continue(unstashAll: false);
        }
    }

    private void FailRecovery(Exception cause, object? message)
    {
        try
        {
            OnRecoveryFailure(cause, message);
        }
        finally
        {
            StopFailed();
        }
    }
}
